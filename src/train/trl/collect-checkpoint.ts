/**
 * Makes a checkpoint folder of what TRL has written.
 * @module
 */
import { cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { MisstepError } from '../../core/errors.ts'
import { storeError } from '../../store/store-error.ts'

/** Parts of a folder that training does not change, and that are kept to the byte: shape, tokenizer, chat template. */
const KEPT =
  /^(?:config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json$|^(?:merges\.txt|tokenizer\.model|chat_template\.jinja)$/
const WEIGHTS = /^(?:model|pytorch_model).*\.safetensors(?:\.index\.json)?$/

/**
 * Writes the checkpoint folder at once: it is there only when it is whole.
 *
 * @param options.from the folder that training started from: its shape and tokenizer are the new one's too
 * @param options.weights the folder with the new weights
 * @param options.adapter the folder of a LoRA adapter, kept beside the weights that it was merged into
 * @throws {MisstepError} `train` when there are no weights; `store` when it cannot be written
 */
export function collectCheckpoint(options: { from: string; weights: string; to: string; adapter?: string }): void {
  const { from, weights, to, adapter } = options
  const files = readdirSync(weights).filter(name => WEIGHTS.test(name))
  if (files.length === 0) {
    throw new MisstepError('train', 'The training has ended without weights', {
      value: weights,
      advice: 'Its log, output.log beside that folder, may say why.',
    })
  }
  const partial = `${to}.partial`
  try {
    rmSync(partial, { recursive: true, force: true })
    for (const name of readdirSync(from).filter(name => KEPT.test(name))) cpSync(join(from, name), join(partial, name))
    for (const name of files) cpSync(join(weights, name), join(partial, name))
    if (adapter !== undefined) {
      for (const name of readdirSync(adapter).filter(name => name.startsWith('adapter_'))) {
        cpSync(join(adapter, name), join(partial, 'adapter', name))
      }
    }
    if (existsSync(to)) rmSync(to, { recursive: true })
    renameSync(partial, to)
  } catch (error) {
    throw storeError('Cannot write the checkpoint', to, error)
  }
}
