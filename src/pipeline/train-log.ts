/**
 * The log of one training: one event an optimiser step.
 * @module
 */
import { z } from 'zod'
import type { TrainEvent } from '../core/engine.ts'

export const trainEventSchema: z.ZodType<TrainEvent> = z.object({
  step: z.int(),
  steps: z.int(),
  loss: z.number(),
  learningRate: z.number(),
  gradientNorm: z.number(),
  tokens: z.int(),
  trainedTokens: z.int(),
})
