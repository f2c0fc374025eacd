/**
 * The rules of the mask lint that look at the row alone, each a function that yields what is wrong with it.
 * @module
 */
import { type Example, NO_LOSS, type Span } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import type { ChatFormat } from './chat-format.ts'
import type { RenderOptions } from './example.ts'
import type { LintFinding } from './lint-finding.ts'
import type { MaskPolicy } from './mask.ts'

/** A finding without the row that it is in. */
export type Complaint = Omit<LintFinding, 'id' | 'row' | 'text'>

export interface LintContext {
  example: Example
  format: ChatFormat | undefined
  trajectory: Trajectory | undefined
  mask: MaskPolicy
  prompt: string
  contextLength: number
  maxLength: number
  /** Whether the template writes an answer otherwise once others follow it. */
  rewritesHistory: boolean
  weigh: RenderOptions['weigh']
}

export type Rule = (context: LintContext) => Iterable<Complaint>

/** The other rules need rows that pass this one. */
export function lengthMismatch({ input_ids: ids, labels, attention_mask: attention }: Example): Complaint | undefined {
  if (ids.length === labels.length && ids.length === attention.length) return undefined
  const message = `${ids.length} ids, ${labels.length} labels and ${attention.length} entries of the attention mask`
  return { rule: 'length-mismatch', message }
}

function* tooLong({ example, contextLength, maxLength }: LintContext): Iterable<Complaint> {
  const { length } = example.input_ids
  if (length > contextLength) {
    yield { rule: 'too-long', message: `The row has ${length} tokens, the model reads ${contextLength}` }
  }
  if (length <= maxLength) return
  const lost = labelledIn(example, { from: maxLength, to: length })
  const message = `The row has ${length} tokens, the trainer reads ${maxLength}: ${lost} tokens with loss would be cut off`
  yield { rule: 'too-long', from: maxLength, to: length, message }
}

function* nothingTrained({ example }: LintContext): Iterable<Complaint> {
  if (example.labels.every(label => label === NO_LOSS)) {
    yield { rule: 'nothing-trained', message: 'No token of the row carries loss' }
  }
}

/** Nobody answers before anything was said: so a mask looks that was dropped on the way, in rows of whatever program. */
function* beginsWithPrompt({ example: { labels } }: LintContext): Iterable<Complaint> {
  const length = labels.indexOf(NO_LOSS)
  const to = length < 0 ? labels.length : length
  if (to === 0) return
  const message = `The row begins with ${to} tokens that carry loss: its prompt is trained`
  yield { rule: 'prompt-trained', from: 0, to, message }
}

function* labelsAreIds({ example }: LintContext): Iterable<Complaint> {
  const from = example.labels.findIndex((label, at) => label !== NO_LOSS && label !== example.input_ids[at])
  if (from < 0) return
  const message = `The label ${example.labels[from]} is neither ${NO_LOSS} nor the token's id ${example.input_ids[from]}`
  yield { rule: 'label-differs', from, to: from + 1, message }
}

function* weightsFit({ example: { weights, labels } }: LintContext): Iterable<Complaint> {
  if (!weights) return
  if (weights.length !== labels.length) {
    return yield { rule: 'weights-differ', message: `${weights.length} weights for ${labels.length} tokens` }
  }
  const from = weights.findIndex((weight, at) => weight > 0 !== (labels[at] !== NO_LOSS))
  if (from < 0) return
  const message = `The weight is ${weights[from]} and the label ${labels[from]}`
  yield { rule: 'weights-differ', from, to: from + 1, message }
}

function* spansCover({ example }: LintContext): Iterable<Complaint> {
  let end = 0
  for (const { from, to, step } of [...example.spans, { from: example.input_ids.length, to: Infinity, step: -1 }]) {
    if (from > end) yield { rule: 'span-gap', step, from: end, to: from, message: 'Tokens belong to no span' }
    if (from < end || to < from) {
      yield { rule: 'span-overlap', step, from, to: end, message: 'A span overlaps another, or reaches out of the row' }
    }
    end = to
  }
}

function* spansAgree({ example }: LintContext): Iterable<Complaint> {
  for (const { from, to, step, role, trained } of example.spans) {
    const labelled = labelledIn(example, { from, to })
    if (labelled > 0 && role !== 'assistant') {
      yield { rule: 'prompt-trained', step, from, to, message: `${labelled} tokens of the ${role} carry loss` }
    }
    if (labelled !== (trained ? to - from : 0)) {
      const message = `The span is ${trained ? '' : 'not '}trained, but ${labelled} of its ${to - from} tokens carry loss`
      yield { rule: 'span-disagrees', step, from, to, message }
    }
  }
}

export const ROW_RULES: readonly Rule[] = [
  tooLong,
  nothingTrained,
  beginsWithPrompt,
  labelsAreIds,
  weightsFit,
  spansCover,
  spansAgree,
]

/** How many tokens of a range carry loss. */
export function labelledIn({ labels }: Example, { from, to }: Pick<Span, 'from' | 'to'>): number {
  let count = 0
  for (let at = Math.max(0, from); at < Math.min(to, labels.length); at++) if (labels[at] !== NO_LOSS) count++
  return count
}
