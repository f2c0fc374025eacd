/**
 * Reads a checkpoint folder and checks that it is whole.
 * @module
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import { type LlamaConfig, parseConfig, tensorShapes } from './config.ts'
import { decodeSafetensors, type Tensor } from './safetensors.ts'

export interface Checkpoint {
  config: LlamaConfig
  /** By their Hugging Face names; matrices are `[out, in]`. */
  tensors: Map<string, Tensor>
  /** Of the bytes of `model.safetensors`, in hexadecimal. */
  sha256: string
}

/**
 * Loads a Hugging Face folder of Llama architecture.
 *
 * @throws {MisstepError} `model` when a file is missing or damaged, or a tensor is missing, not known, misshapen or not finite
 * @example
 * const { config, tensors } = await loadCheckpoint('students/household-1m')
 */
export async function loadCheckpoint(folder: string): Promise<Checkpoint> {
  const configFile = join(folder, 'config.json')
  const config = parseConfig(parseJson(await readPart(configFile), configFile), configFile)
  const weightsFile = join(folder, 'model.safetensors')
  const bytes = await readPart(weightsFile)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const tensors = decodeSafetensors(bytes, weightsFile)
  // Old exports carry the rotary frequencies, which follow from the config.
  for (const name of [...tensors.keys()]) if (name.endsWith('.rotary_emb.inv_freq')) tensors.delete(name)
  checkTensors(config, tensors, weightsFile)
  return { config, tensors, sha256 }
}

/** @throws {MisstepError} `model` when the tensors are not exactly those of the config, with finite values */
export function checkTensors(config: LlamaConfig, tensors: ReadonlyMap<string, Tensor>, file: string): void {
  const fail = (what: string, value?: unknown): never => {
    throw new MisstepError('model', `${what} in ${file}`, { value, advice: 'Write or fetch the checkpoint again.' })
  }
  const shapes = tensorShapes(config)
  for (const name of tensors.keys()) if (!shapes.has(name)) fail(`Tensor ${name} is none of a Llama model's`)
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name) ?? fail(`Tensor ${name} is missing`)
    if (tensor.shape.join() !== shape.join()) {
      fail(`Tensor ${name} should have the shape [${shape}], as config.json says; it has`, tensor.shape)
    }
    if (tensor.data.length !== shape.reduce((a, b) => a * b, 1)) fail(`Tensor ${name} has too few or too many values`)
    const at = tensor.data.findIndex(value => !Number.isFinite(value))
    if (at >= 0) fail(`Tensor ${name} has a value that is not finite, at ${at}`, String(tensor.data[at]))
  }
}

async function readPart(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new MisstepError('model', `The checkpoint's file ${file} cannot be read`, {
      cause,
      value: (cause as Error).message,
      advice: 'A checkpoint is a folder with config.json, model.safetensors, tokenizer.json and tokenizer_config.json.',
    })
  }
}

function parseJson(bytes: Buffer, file: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new MisstepError('model', `${file} is not JSON`, { cause, value: (cause as Error).message })
  }
}
