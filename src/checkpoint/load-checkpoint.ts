/**
 * Reads a whole checkpoint folder into memory.
 * @module
 */
import type { LlamaConfig } from './config.ts'
import { openCheckpoint, readTensors } from './open-checkpoint.ts'
import type { Tensor } from './safetensors.ts'

export interface Checkpoint {
  config: LlamaConfig
  /** By their Hugging Face names; matrices are `[out, in]`. */
  tensors: Map<string, Tensor>
  /** Of the bytes of `model.safetensors`, in hexadecimal; of all files, in the order of their names, where there are several. */
  sha256: string
}

/**
 * Loads a Hugging Face folder of Llama architecture. `openCheckpoint` does the same without holding all weights at once.
 *
 * @throws {MisstepError} `model` when a file is missing or damaged, or a tensor is missing, not known, misshapen or not finite
 * @example
 * const { config, tensors } = await loadCheckpoint('students/household-base')
 */
export async function loadCheckpoint(folder: string): Promise<Checkpoint> {
  const checkpoint = await openCheckpoint(folder)
  try {
    const tensors = await readTensors(checkpoint)
    return { config: checkpoint.config, tensors, sha256: await checkpoint.sha256() }
  } finally {
    await checkpoint.close()
  }
}
