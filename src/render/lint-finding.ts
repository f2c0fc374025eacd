/**
 * What the mask lint reports.
 * @module
 */

export type LintRule =
  | 'length-mismatch' // ids, labels and attention mask have different lengths
  | 'duplicate-id' // two rows have the same id
  | 'duplicate-row' // two rows have the same tokens and labels
  | 'too-long' // the row is longer than what the model or the trainer reads
  | 'nothing-trained' // no token carries loss
  | 'label-differs' // a label is neither -100 nor its token's id
  | 'weights-differ' // weights where there is no loss, none where there is, or not one for each token
  | 'foreign-tokenizer' // the row, or the model, is not of this tokenizer
  | 'history-rewritten' // a trained turn that the model would not see so when it plays
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
  /** The row's number, from 0; -1 where it is not about a row. */
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
