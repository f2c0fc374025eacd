/**
 * The contract of a training engine.
 * @module
 */
import { z } from 'zod'
import type { Example } from './example.ts'

/** How the optimiser's running means (AdamW's two moments) are kept from step to step. */
export const STATE_TYPES = ['float32', 'bfloat16'] as const
export type StateType = (typeof STATE_TYPES)[number]

export interface TrainOptions {
  /** A Hugging Face folder to start from. */
  from: string
  /** The folder that the trained checkpoint is written to; its manifest comes last. */
  to: string
  /** Optimiser steps in all. */
  steps: number
  /** Tokens a step on average, padding left out: whole rows, so a single step has some more or fewer. */
  batchTokens: number
  /** Highest learning rate, reached after the warm-up; a cosine takes it to a tenth of it. */
  learningRate: number
  /** Share of the steps that warm up. */
  warmUp: number
  weightDecay: number
  /** Gradients are scaled down to this global norm. */
  clipNorm: number
  seed: number
  /** Steps between two resumable checkpoints. */
  saveEvery: number
  /** Trains low-rank adapters of this rank beside the matrices and merges them in the end. Default: all weights are trained. */
  adapters?: { rank: number; alpha?: number; targets?: readonly string[] }
  /** Computes layers again on the way back in place of keeping what they computed. Default: where memory asks for it. */
  recompute?: boolean
  /**
   * `bfloat16` keeps the optimiser's two moments in half the memory, which changes the course of training a little. A
   * training that was stopped goes on with the same only. Default: `float32`.
   */
  states?: StateType
  /** Threads; default: all cores. */
  threads?: number
  signal?: AbortSignal
}

/** One optimiser step, as it goes into the log. */
export const trainEventSchema = z.object({
  step: z.int(),
  steps: z.int(),
  /** Mean loss over the trained tokens of this step, in nats. */
  loss: z.number(),
  learningRate: z.number(),
  gradientNorm: z.number(),
  /** Tokens read so far (padding left out) and, of these, with loss. */
  tokens: z.int(),
  trainedTokens: z.int(),
})
export type TrainEvent = z.infer<typeof trainEventSchema>

/** Trains a checkpoint on examples and writes a checkpoint. */
export interface Engine {
  readonly name: string
  train(examples: readonly Example[], options: TrainOptions): AsyncIterable<TrainEvent>
}
