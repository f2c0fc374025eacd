/**
 * The part of a recipe that says how every arm is trained: all arms get the same number of steps and of tokens.
 * @module
 */
import { z } from 'zod'
import { STATE_TYPES } from '../core/engine.ts'
import { TRUNCATIONS } from '../render/index.ts'
import { ADAPTER_TARGETS, ENGINES, trlOptionsSchema } from '../train/index.ts'
import { count, share } from './schema-parts.ts'

export const trainSchema = z.strictObject({
  /** Inside this process, or TRL in the user's own Python. */
  engine: z.enum(ENGINES).default('embedded'),
  /** The checkpoint that training starts from: the student, or the agent that explored. */
  from: z.enum(['student', 'base-agent']).default('student'),
  /** The share of golden rows among all rows. Default: as the data come. */
  mix: share.optional(),
  /** Optimiser steps. */
  steps: count,
  /** Tokens a step. */
  batchTokens: count.default(4096),
  /**
   * A row that is longer than a step or than what the student reads is left out, or its first steps are, each with its
   * observation; a trained step is never cut. Default: `drop-row`.
   */
  truncate: z.enum(TRUNCATIONS).exactOptional(),
  learningRate: z.number().positive().default(0.001),
  /** The share of the steps in which the learning rate rises. */
  warmUp: share.default(0.05),
  weightDecay: z.number().min(0).default(0.01),
  clipNorm: z.number().positive().default(1),
  /** Steps between two points that a killed training goes on from. */
  saveEvery: count.default(50),
  /** Of the embedded engine: low-rank adapters beside chosen matrices, merged in the end. Default: all weights are trained. */
  adapters: z
    .strictObject({
      rank: count,
      /** Default: twice the rank. */
      alpha: z.number().positive().exactOptional(),
      /** Default: all matrices of the layers. */
      targets: z.array(z.enum(ADAPTER_TARGETS)).min(1).exactOptional(),
    })
    .exactOptional(),
  /**
   * Of the embedded engine: computes each layer again on the way back, which takes less memory and a third more time; the
   * result is the same. Default: where memory asks for it.
   */
  recompute: z.boolean().exactOptional(),
  /**
   * Of the embedded engine: how AdamW's two moments are kept. `bfloat16` takes half their memory (4 bytes fewer for each
   * trained number), rounds at random so that nothing stands still, and changes the losses in their third digit. Default:
   * `float32`.
   */
  states: z.enum(STATE_TYPES).exactOptional(),
  /** Of the engine trl: see docs/train-trl.md. */
  trl: trlOptionsSchema.exactOptional(),
})

/** What the keys of one engine say to the other. */
export function checkTrain(train: z.output<typeof trainSchema>, refuse: (path: string, message: string) => void): void {
  if (train.engine === 'trl' && train.adapters)
    refuse('train/adapters', 'is for engine: embedded; say trl: { method: lora }')
  if (train.engine === 'trl' && train.recompute !== undefined)
    refuse('train/recompute', 'is for engine: embedded; say trl: { gradientCheckpointing: … }')
  if (train.engine === 'trl' && train.states !== undefined) refuse('train/states', 'is for engine: embedded')
  if (train.engine !== 'trl' && train.trl) refuse('train/trl', 'is for engine: trl')
}

/**
 * Of the train part, what its checkpoints depend on: not where the Python is, nor how the work is spread over processes,
 * machines and memory, so that a run may go on elsewhere.
 */
export function trainIdentity<T extends Pick<z.output<typeof trainSchema>, 'trl'>>(train: T): object {
  if (!train.trl) return train
  const { method, lora, precision, packing, maxLength, attention, config } = train.trl
  return { ...train, trl: { method, lora, precision, packing, maxLength, attention, config } }
}
