/**
 * What a trainer reads: token ids and the loss mask. One JSON object a line in `examples/*.jsonl`.
 * @module
 */
import { z } from 'zod'

/** The label of a token that carries no loss, as torch and TRL have it. */
export const NO_LOSS = -100

/** Whether a weight says no more than a mask does. */
export const isWholeWeight = (weight: number): weight is 0 | 1 => weight === 0 || weight === 1

export const spanSchema = z.object({
  /** First token of the span. */
  from: z.number().int(),
  /** One past its last token. */
  to: z.number().int(),
  /** The step of the trajectory that it comes from; -1 for the prompt. */
  step: z.number().int(),
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  /** Whether its tokens carry loss. */
  trained: z.boolean(),
  /** True where the step was judged an error. */
  error: z.boolean().optional(),
})
export type Span = z.infer<typeof spanSchema>

/** `input_ids`, `labels` and `attention_mask` have one entry a token. TRL, Axolotl and Together read them as they are. */
export const exampleSchema = z.object({
  id: z.string(),
  input_ids: z.array(z.number().int()),
  labels: z.array(z.number().int()),
  attention_mask: z.array(z.number().int()),
  spans: z.array(spanSchema),
  /** How much each token counts, 0 where its label is -100; absent where all labels count the same. */
  weights: z.array(z.number().nonnegative()).optional(),
  /** The id of the trajectory that the row is of, where the row does not have the same id. */
  trajectory: z.string().optional(),
})
export type Example = z.infer<typeof exampleSchema>
