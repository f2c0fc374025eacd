/**
 * Whether a training fits into memory, asked before it begins.
 * @module
 */
import type { LlamaConfig } from '../../checkpoint/index.ts'
import { MisstepError } from '../../core/errors.ts'
import { availableMemory, gigabytes } from '../../onnx/available-memory.ts'

export interface TrainingSize {
  config: LlamaConfig
  /** Tokens of the longest row. */
  longestRow: number
  /** Numbers of the whole model, and how many of them, or beside them, are trained. */
  parameters: number
  trained: number
}

/** Rows are joined up to as many tokens. */
const SHORTEST_RUN = 512

/**
 * Bytes that a training takes: for all threads together, and for each of them.
 * What a layer keeps for the way back was counted in its graph, and fits what was measured with SmolLM2-135M.
 */
export function estimateTraining({ config, longestRow, parameters, trained }: TrainingSize) {
  const tokens = Math.max(longestRow, SHORTEST_RUN)
  // Attention keeps the shares of what comes before, half of a square.
  const perToken = 10 * config.hiddenSize + 7 * config.intermediateSize + 0.6 * config.heads * longestRow
  // Numbers for each token of the vocabulary: logits, their logarithms and their gradient.
  const head = 3 * config.vocabularySize * tokens
  const frozen = trained === parameters ? 0 : parameters
  return {
    // The model as it was read, as threads share it; for what is trained a gradient and two moments.
    shared: 4 * (parameters + frozen + 4 * trained),
    perThread: 4 * (frozen + 2 * trained + tokens * config.layers * perToken + head),
  }
}

/**
 * How many of the threads there is room for. Their number changes nothing but the time.
 *
 * @param memory bytes that may be taken
 * @throws {MisstepError} `train` when there is not room for one
 */
export function fittingThreads(size: TrainingSize, threads: number, memory = availableMemory()): number {
  const { shared, perThread } = estimateTraining(size)
  const fitting = Math.floor((memory - shared) / perThread)
  if (fitting >= 1) return Math.min(threads, fitting)
  throw new MisstepError(
    'train',
    `The training needs about ${gigabytes(shared + perThread)} of memory; ${gigabytes(memory)} are free`,
    {
      value: { parameters: size.parameters, trained: size.trained, longestRow: size.longestRow },
      advice: 'Train adapters in place of all weights, shorten the rows, take a smaller model, or end other programs.',
    },
  )
}
