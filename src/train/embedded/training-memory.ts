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

/** A training that computes its layers twice does a third more. */
const RECOMPUTING_SPEED = 3 / 4

/**
 * Bytes that a training takes: for all threads together, and for each of them.
 * What a layer keeps for the way back was counted in its graph, and fits what was measured with SmolLM2-135M.
 *
 * @param recompute only what goes into each layer is kept, and all of one layer at a time
 */
export function estimateTraining({ config, longestRow, parameters, trained }: TrainingSize, recompute = false) {
  const tokens = Math.max(longestRow, SHORTEST_RUN)
  // Attention keeps the shares of what comes before, half of a square.
  const perLayer = 10 * config.hiddenSize + 7 * config.intermediateSize + 0.6 * config.heads * longestRow
  const perToken = recompute ? config.layers * config.hiddenSize + 2 * perLayer : config.layers * perLayer
  // Numbers for each token of the vocabulary: logits, their logarithms and their gradient.
  const head = 3 * config.vocabularySize * tokens
  const frozen = trained === parameters ? 0 : parameters
  return {
    // The model as it was read, as threads share it; for what is trained a gradient and two moments.
    shared: 4 * (parameters + frozen + 4 * trained),
    perThread: 4 * (frozen + 2 * trained + tokens * perToken + head),
  }
}

export interface TrainingLimits {
  /** Most threads. */
  threads: number
  /** Default: whichever is faster. */
  recompute?: boolean
  /** Bytes that may be taken; default: what is free. */
  memory?: number
}

/**
 * How many threads there is room for, and whether to compute layers again on the way back. Neither changes anything but
 * the time.
 *
 * @throws {MisstepError} `train` when there is not room for one thread
 */
export function fitTraining(
  size: TrainingSize,
  { threads, recompute, memory = availableMemory() }: TrainingLimits,
): { threads: number; recompute: boolean } {
  const plans = (recompute === undefined ? [false, true] : [recompute]).map(again => {
    const { shared, perThread } = estimateTraining(size, again)
    const fitting = Math.max(0, Math.min(threads, Math.floor((memory - shared) / perThread)))
    return { threads: fitting, recompute: again, needed: shared + perThread }
  })
  const speed = (plan: { threads: number; recompute: boolean }) =>
    plan.threads * (plan.recompute ? RECOMPUTING_SPEED : 1)
  const best = plans.reduce((one, other) => (speed(other) > speed(one) ? other : one))
  if (best.threads >= 1) return { threads: best.threads, recompute: best.recompute }
  const least = Math.min(...plans.map(plan => plan.needed))
  throw new MisstepError(
    'train',
    `The training needs about ${gigabytes(least)} of memory; ${gigabytes(memory)} are free`,
    {
      value: { parameters: size.parameters, trained: size.trained, longestRow: size.longestRow },
      advice: `${recompute === false ? 'Leave recompute: false out, train' : 'Train'} adapters in place of all weights, shorten the rows, take a smaller model, or end other programs.`,
    },
  )
}
