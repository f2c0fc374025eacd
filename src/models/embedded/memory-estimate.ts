/**
 * Whether a model fits into memory, asked before anything of it is read.
 * @module
 */
import { type LlamaConfig, tensorShapes } from '../../checkpoint/index.ts'
import { MisstepError } from '../../core/errors.ts'
import { gigabytes } from '../../onnx/available-memory.ts'

export interface MemoryEstimate {
  /** Bytes of the weights, once loaded. */
  weights: number
  /** Bytes that the largest part of the model takes besides while it is loaded. */
  loading: number
  /** Bytes of keys and values for each token of a conversation. */
  perToken: number
}

/** What a model takes in float32. */
export function estimateMemory(config: LlamaConfig): MemoryEstimate {
  let numbers = 0
  let largest = 0
  for (const shape of tensorShapes(config).values()) {
    const size = shape.reduce((product, length) => product * length, 1)
    numbers += size
    largest = Math.max(largest, size)
  }
  // A tied output layer lies in memory of its own, in the order in which products read it.
  const tied = config.tiedEmbeddings ? config.vocabularySize * config.hiddenSize : 0
  return {
    weights: 4 * (numbers + tied),
    // The file's bytes, the graph's, and what ONNX Runtime makes of them.
    loading: 3 * 4 * largest,
    perToken: 2 * 4 * config.layers * config.keyValueHeads * config.headSize,
  }
}

/**
 * How many bytes of keys and values there is room for: half of what the weights leave.
 *
 * @param memory bytes that may be taken
 * @throws {MisstepError} `model` when not even one conversation fits
 */
export function cacheBytes(config: LlamaConfig, contextLength: number, memory: number, folder: string): number {
  const { weights, loading, perToken } = estimateMemory(config)
  const conversation = perToken * contextLength
  const needed = weights + Math.max(loading, conversation)
  if (needed <= memory) return Math.max(conversation, (memory - weights) / 2)
  throw new MisstepError(
    'model',
    `The model in ${folder} needs ${gigabytes(needed)} of memory; ${gigabytes(memory)} are free`,
    {
      advice: `Its weights take ${gigabytes(weights)}, a conversation of ${contextLength} tokens ${gigabytes(conversation)}. Take a smaller model or a shorter context, or end other programs.`,
    },
  )
}
