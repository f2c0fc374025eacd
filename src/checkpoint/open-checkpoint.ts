/**
 * Opens a checkpoint folder: its config at once, its weights one at a time.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import { checkShapes, checkValues } from './check-tensors.ts'
import { type LlamaConfig, type TensorShape, tensorShapes } from './config.ts'
import { parseConfig } from './config-file.ts'
import { cannotRead } from './random-access-file.ts'
import type { Tensor } from './safetensors.ts'
import { openTensorFiles } from './tensor-files.ts'

/** A checkpoint whose weights lie on disk. Names and shapes are known to be those of its config. */
export interface OpenCheckpoint {
  readonly config: LlamaConfig
  /**
   * Reads one tensor as float32, by its Hugging Face name; matrices are `[out, in]`.
   * @throws {MisstepError} `model` when a value is not finite
   */
  read(name: string): Promise<Tensor>
  /** Of the weights' files, in hexadecimal. */
  sha256(): Promise<string>
  close(): Promise<void>
}

/**
 * Opens a Hugging Face folder of Llama architecture: float32, float16 or bfloat16, in one file or in several.
 *
 * @throws {MisstepError} `model` when a file is missing or damaged, or a tensor is missing, not known or misshapen
 * @example
 * const checkpoint = await openCheckpoint('students/household-base')
 * const { data } = await checkpoint.read('model.norm.weight')
 * await checkpoint.close()
 */
export async function openCheckpoint(folder: string): Promise<OpenCheckpoint> {
  const configFile = join(folder, 'config.json')
  const config = parseConfig(await readJson(configFile), configFile)
  const files = await openTensorFiles(folder)
  try {
    checkShapes(config, withoutDuplicates(config, files.shapes), files.path)
  } catch (error) {
    await files.close()
    throw error
  }
  return {
    config,
    async read(name) {
      const tensor = await files.read(name)
      checkValues(name, tensor, files.path)
      return tensor
    },
    sha256: files.sha256,
    close: files.close,
  }
}

/** Reads all of an open checkpoint's tensors, in the order of the computation. */
export async function readTensors(checkpoint: OpenCheckpoint): Promise<Map<string, Tensor>> {
  const tensors = new Map<string, Tensor>()
  for (const name of tensorShapes(checkpoint.config).keys()) tensors.set(name, await checkpoint.read(name))
  return tensors
}

/** Some exports carry what follows from the rest: the rotary frequencies, and an output layer that is tied. */
function withoutDuplicates(config: LlamaConfig, shapes: ReadonlyMap<string, TensorShape>): Map<string, TensorShape> {
  return new Map(
    [...shapes].filter(
      ([name]) => !name.endsWith('.rotary_emb.inv_freq') && !(config.tiedEmbeddings && name === 'lm_head.weight'),
    ),
  )
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(cause => {
    throw cannotRead(file, cause)
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MisstepError('model', `${file} is not JSON`, { cause, value: (cause as Error).message })
  }
}
