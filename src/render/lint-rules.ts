/**
 * The rules of the mask lint, each a function that yields what is wrong with a row.
 * @module
 */
import { type Example, NO_LOSS, type Span } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import type { ChatFormat } from './chat-format.ts'
import type { LintFinding } from './lint-finding.ts'
import { carriesLoss, isError, type MaskPolicy } from './mask.ts'
import { trajectoryMessages } from './react.ts'

/** A finding without the row that it is in. */
export type Complaint = Omit<LintFinding, 'id' | 'row' | 'text'>

export interface LintContext {
  example: Example
  format: ChatFormat | undefined
  trajectory: Trajectory | undefined
  mask: MaskPolicy
  prompt: string
  contextLength: number
}

type Rule = (context: LintContext) => Iterable<Complaint>

/** The other rules need rows that pass this one. */
export function lengthMismatch({ input_ids: ids, labels, attention_mask: attention }: Example): Complaint | undefined {
  if (ids.length === labels.length && ids.length === attention.length) return undefined
  const message = `${ids.length} ids, ${labels.length} labels and ${attention.length} entries of the attention mask`
  return { rule: 'length-mismatch', message }
}

function* tooLong({ example, contextLength }: LintContext): Iterable<Complaint> {
  const { length } = example.input_ids
  if (length > contextLength) {
    yield { rule: 'too-long', message: `The row has ${length} tokens, the model reads ${contextLength}` }
  }
}

function* nothingTrained({ example }: LintContext): Iterable<Complaint> {
  if (example.labels.every(label => label === NO_LOSS)) {
    yield { rule: 'nothing-trained', message: 'No token of the row carries loss' }
  }
}

function* labelsAreIds({ example }: LintContext): Iterable<Complaint> {
  const from = example.labels.findIndex((label, at) => label !== NO_LOSS && label !== example.input_ids[at])
  if (from < 0) return
  const message = `The label ${example.labels[from]} is neither ${NO_LOSS} nor the token's id ${example.input_ids[from]}`
  yield { rule: 'label-differs', from, to: from + 1, message }
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

function* errorsMasked({ example, format, trajectory, mask }: LintContext): Iterable<Complaint> {
  if (mask === 'none') return
  for (const { from, to, step, role, error } of example.spans) {
    const verdict = trajectory?.steps[step]
    if (role !== 'assistant' || !(error || (verdict && isError(verdict)))) continue
    const labelled = labelledIn(example, { from, to })
    if (labelled === 0) continue
    const stopOnly = labelled === 1 && format !== undefined && example.labels[to - 1] === format.stopId
    const what = stopOnly ? 'Just the stop token' : `${labelled} tokens`
    const rule = stopOnly ? 'error-stop-trained' : 'error-trained'
    yield { rule, step, from, to, message: `${what} of a step that was judged an error carry loss` }
  }
}

function* stopsTrained({ example, format }: LintContext): Iterable<Complaint> {
  if (!format) return
  for (const { from, to, step, role } of example.spans) {
    if (role !== 'assistant' || labelledIn(example, { from, to }) === 0) continue
    if (example.labels[to - 1] === format.stopId) continue
    const message = `The turn is trained, but its stop token ${format.stopToken} is not: the agent would not learn to stop`
    yield { rule: 'stop-untrained', step, from, to, message }
  }
}

function* spansAreTexts({ example, format, trajectory, prompt }: LintContext): Iterable<Complaint> {
  if (!format) return
  const { input_ids: ids, spans } = example
  const decode = (from: number, to: number) => format.tokenizer.decode(ids.slice(from, to))
  const foreign = ids.findIndex(id => id < 0 || id >= format.tokenizer.vocabularySize)
  if (foreign >= 0) {
    const message = `The tokenizer has no token ${ids[foreign]}`
    return yield { rule: 'span-cuts-token', from: foreign, to: foreign + 1, message }
  }
  const texts = spans.map(({ from, to }) => decode(from, to))
  if (!trajectory) {
    if (texts.join('') === decode(0, ids.length)) return
    const message = 'A span ends within a character: its spans read one by one differ from the row read whole'
    return yield { rule: 'span-cuts-token', message }
  }
  const messages = trajectoryMessages(trajectory, { prompt })
  const expected = format.turns(messages).flatMap(({ header, content, stop, rest }, i) => {
    const { role, step } = messages[i]!
    return [header, content + stop, rest].filter(text => text !== '').map(text => ({ text, role, step }))
  })
  const at = expected.findIndex(
    ({ text, role, step }, i) => texts[i] !== text || spans[i]?.role !== role || spans[i]?.step !== step,
  )
  if (at < 0 && expected.length === spans.length) return
  const { from, to, step } = spans[at < 0 ? expected.length : at] ?? { from: ids.length, to: ids.length, step: -1 }
  const message = `The span does not hold just what the trajectory says there: ${JSON.stringify(expected[at]?.text ?? '')}`
  yield { rule: 'span-cuts-token', step, from, to, message }
}

function* policyKept({ example, trajectory, mask }: LintContext): Iterable<Complaint> {
  if (!trajectory) return
  for (let index = 0; index < trajectory.steps.length; index++) {
    const spans = example.spans.filter(span => span.step === index && span.role === 'assistant')
    const labelled = spans.reduce((sum, span) => sum + labelledIn(example, span), 0)
    const wanted = carriesLoss(trajectory.steps[index]!, mask)
    if (labelled > 0 === wanted) continue
    const range = spans[0] ? { from: spans[0].from, to: spans.at(-1)!.to } : {}
    const message = `With the mask "${mask}" this step should ${wanted ? '' : 'not '}carry loss`
    yield { rule: 'policy-differs', step: index, ...range, message }
  }
}

export const LINT_RULES: readonly Rule[] = [
  tooLong,
  nothingTrained,
  labelsAreIds,
  spansCover,
  spansAgree,
  errorsMasked,
  stopsTrained,
  spansAreTexts,
  policyKept,
]

function labelledIn({ labels }: Example, { from, to }: Pick<Span, 'from' | 'to'>): number {
  let count = 0
  for (let at = Math.max(0, from); at < Math.min(to, labels.length); at++) if (labels[at] !== NO_LOSS) count++
  return count
}
