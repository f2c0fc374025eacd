/**
 * What the mask lint reports.
 * @module
 */

export type LintRule =
  | 'length-mismatch' // ids, labels and attention mask have different lengths
  | 'duplicate-id' // two rows have the same id
  | 'too-long' // the row is longer than the context
  | 'nothing-trained' // no token carries loss
  | 'label-differs' // a label is neither -100 nor its token's id
  | 'span-gap' // tokens that belong to no span
  | 'span-overlap' // tokens that belong to two spans, or a span out of the row
  | 'span-disagrees' // labels are not what their span says
  | 'span-cuts-token' // a span is not just the text that it stands for
  | 'prompt-trained' // loss on something that the agent did not write
  | 'error-trained' // loss on a step that was judged an error
  | 'error-stop-trained' // loss on just the stop token of such a step
  | 'stop-untrained' // a trained turn without loss on its stop token
  | 'policy-differs' // a step carries loss where the mask says it should not, or the other way round

export interface LintFinding {
  rule: LintRule
  /** The row's id. */
  id: string
  /** The row's number, from 0. */
  row: number
  /** The step of the trajectory; -1 for the prompt. */
  step?: number
  /** First token, and one past the last one. */
  from?: number
  to?: number
  /** What the tokens say. */
  text?: string
  message: string
}
