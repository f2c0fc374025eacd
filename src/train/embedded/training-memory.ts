/**
 * Whether a training fits into memory, asked before it begins.
 * @module
 */
import type { LlamaConfig } from '../../checkpoint/index.ts'
import type { StateType } from '../../core/engine.ts'
import { MisstepError } from '../../core/errors.ts'
import { availableMemory, gigabytes } from '../../onnx/available-memory.ts'
import { STATE_BYTES } from './parameters.ts'
import { headRowsOf, PATIENCE } from './thread-plan.ts'

export interface TrainingSize {
  config: LlamaConfig
  /**
   * Tokens of the longest row that a step may have, of the second longest of such a step, and so on; what is not named is
   * as long as the last. No two threads read the same row, so each counts with one of its own.
   */
  longestRows: readonly [number, ...number[]]
  /** Numbers of the whole model, and how many of them, or beside them, are trained. */
  parameters: number
  trained: number
  /** How the two moments of what is trained are kept. Default: `float32`. */
  states?: StateType
}

/** A model up to this size is computed as one. */
const SMALL = 4e6

/** Whether all layers are one graph, which is faster; else each is a graph of its own, which takes less memory. */
export function isWhole({ parameters }: Pick<TrainingSize, 'parameters'>, recompute: boolean): boolean {
  return parameters <= SMALL && !recompute
}

/** Rows are joined up to as many tokens. */
const SHORTEST_RUN = 512

/** Queries that attention treats at once. */
const BLOCK = 128

/** A training that computes its layers twice does a third more. */
const RECOMPUTING_SPEED = 3 / 4

/** Bytes of ONNX Runtime, and of a thread with its sessions, as measured with models of 1 M parameters. */
const [RUNTIME, THREAD] = [110e6, 40e6]

/**
 * Bytes that a training on so many threads takes beyond those of the program and the model as it was read. It is nearly the most: all tokens of the longest rows carry loss, of which the head reads some at a
 * time. What is written again and again while a layer is computed was measured (docs/performance.md).
 *
 * @param recompute only what goes into each layer is kept, and all of one layer at a time
 */
export function estimateTraining(size: TrainingSize, threads: number, recompute = false): number {
  const { parameters, trained, longestRows, states = 'float32' } = size
  // For what is trained the parameters, a gradient and two moments.
  let bytes = RUNTIME + 4 * (trained === parameters ? 0 : parameters) + (8 + 2 * STATE_BYTES[states]) * trained
  for (let thread = 0; thread < threads; thread++) {
    bytes += threadBytes(size, longestRows[Math.min(thread, longestRows.length - 1)]!, recompute)
  }
  return bytes
}

/** @param longestRow that this thread reads */
function threadBytes({ config, parameters, trained }: TrainingSize, longestRow: number, recompute: boolean): number {
  const { layers, hiddenSize, intermediateSize, heads, keyValueHeads, headSize, vocabularySize } = config
  const tokens = Math.max(longestRow, SHORTEST_RUN)
  const table = vocabularySize * hiddenSize
  const isWholeModel = isWhole({ parameters }, recompute)
  const layer = ((isWholeModel ? layers : 1) * (parameters - table * (config.tiedEmbeddings ? 1 : 2))) / layers
  const adapters = trained !== parameters
  // Queries, keys and values, what attention gives, the states after it, and the gate's two sides.
  const kept = 2 * (heads + keyValueHeads) * headSize + hiddenSize + 2 * intermediateSize
  // Attention's shares, of which nearly half are those of later positions.
  const shares = (heads * (longestRow + BLOCK)) / 2
  const passing =
    3 * (10 * hiddenSize + 7 * intermediateSize) * tokens + 6 * heads * BLOCK * longestRow + shares * tokens
  // Logits, their logarithms and their gradient.
  const head = 3 * vocabularySize * Math.min(tokens, isWholeModel ? Infinity : headRowsOf(config))
  const copies = layer + (adapters ? trained / layers : 0) + table
  const gradients = adapters ? (3 * trained) / layers : layer + 2 * table + Math.min(trained, PATIENCE)
  // The last layer is on its way back at once; a whole model keeps attention's shares.
  const way = layers * (hiddenSize + (recompute ? 0 : kept + (isWholeModel ? shares : 0))) * tokens
  return THREAD + 4 * (copies + gradients + way + (recompute ? kept * tokens : 0) + passing + head)
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
    let fitting = 0
    while (fitting < threads && estimateTraining(size, fitting + 1, again) <= memory) fitting++
    return { threads: fitting, recompute: again, needed: estimateTraining(size, 1, again) }
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
      value: { parameters: size.parameters, trained: size.trained, longestRow: size.longestRows[0] },
      advice: `${recompute === false ? 'Leave recompute: false out, train' : 'Train'} adapters in place of all weights, shorten the rows, take a smaller model, or end other programs.`,
    },
  )
}
