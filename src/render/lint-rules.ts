/**
 * The rules of the mask lint that compare a row with what it was made from: verdicts, template, tokenizer, trajectory.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import { NO_LOSS } from '../core/example.ts'
import { type Complaint, type LintContext, labelledIn, ROW_RULES, type Rule } from './lint-row.ts'
import { expectedSpans } from './mark-row.ts'
import { carriesLoss, isError } from './mask.ts'

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

function* turnsEnd({ example, format }: LintContext): Iterable<Complaint> {
  if (!format) return
  const { input_ids: ids, labels, spans } = example
  for (const { from, to, step, role } of spans) {
    if (role !== 'assistant') continue
    const stop = ids.indexOf(format.stopId, from)
    if (stop < 0 || stop + 1 >= to || labels[stop + 1] === NO_LOSS) continue
    const message = `Loss goes on after the stop token ${format.stopToken}: what follows is of another turn`
    yield { rule: 'prompt-trained', step, from: stop + 1, to, message }
  }
}

/** Tokens before and after a border that are read together with it. */
const AROUND = 8
/** Of the tokens that no model wrote: a model may cut its text in a way of its own. A few texts come back otherwise. */
const LIKENESS = 0.98

function* tokensFit({ example, format, trajectory }: LintContext): Iterable<Complaint> {
  if (!format) return
  const { input_ids: ids, spans } = example
  const { tokenizer } = format
  const from = ids.findIndex(id => id < 0 || id >= tokenizer.vocabularySize)
  if (from >= 0) {
    const message = `The tokenizer has no token ${ids[from]}`
    yield { rule: 'foreign-tokenizer', from, to: from + 1, message }
    return yield { rule: 'span-cuts-token', from, to: from + 1, message }
  }
  if (trajectory) return
  const decode = (from: number, to: number) => tokenizer.decode(ids.slice(Math.max(0, from), to))
  for (const { to, step } of spans) {
    if (decode(to - AROUND, to + AROUND).startsWith(decode(to - AROUND, to))) continue
    yield { rule: 'span-cuts-token', step, from: to - 1, to: to + 1, message: 'A span ends within a character' }
  }
  const left = new Map<number, number>()
  for (const id of tokenizer.encode(decode(0, ids.length))) left.set(id, (left.get(id) ?? 0) + 1)
  const read = spans.flatMap(({ from, to, role }) => (role === 'assistant' ? [] : ids.slice(from, to)))
  let alike = 0
  for (const id of read) {
    const count = left.get(id) ?? 0
    if (count > 0) alike++
    left.set(id, count - 1)
  }
  if (alike >= LIKENESS * read.length) return
  const message = `Only ${alike} of the ${read.length} tokens that no model wrote are those that this tokenizer makes of their text`
  yield { rule: 'foreign-tokenizer', from: 0, to: ids.length, message }
}

function* historyKept({ example, trajectory, rewritesHistory }: LintContext): Iterable<Complaint> {
  if (trajectory || !rewritesHistory) return
  const trained = example.spans.filter(span => span.role === 'assistant' && labelledIn(example, span) > 0)
  if (new Set(trained.map(({ step }) => step)).size < 2) return
  const { from, to, step } = trained[0]!
  const message = `The template writes an answer otherwise once others follow it, and ${trained.length} answers are trained`
  yield { rule: 'history-rewritten', step, from, to, message }
}

function* spansAreTexts({ example, format, trajectory, prompt }: LintContext): Iterable<Complaint> {
  if (!format || !trajectory) return
  const { input_ids: ids, spans } = example
  const first = spans.find(({ step }) => step >= 0)?.step ?? 0
  const last = spans.at(-1)?.step ?? -1
  const isTurn = example.trajectory !== undefined
  const expected = expectedSpans(format, trajectory, { prompt, first, last, isTurn })
  if (expected instanceof MisstepError) {
    return yield { rule: 'history-rewritten', message: expected.message.split('\n')[0]! }
  }
  if (!expected) return yield { rule: 'span-cuts-token', message: 'Tokens straddle the border of a turn' }
  const at = expected.findIndex(({ ids: own, role, step }, i) => {
    const span = spans[i]
    if (span?.role !== role || span.step !== step || span.to - span.from !== own.length) return true
    return own.some((id, k) => ids[span.from + k] !== id)
  })
  if (at < 0 && expected.length === spans.length) return
  const { from, to, step } = spans[at < 0 ? expected.length : at] ?? { from: ids.length, to: ids.length, step: -1 }
  const message = `The span does not hold just what the trajectory says there: ${JSON.stringify(expected[at]?.text ?? '')}`
  yield { rule: 'span-cuts-token', step, from, to, message }
}

function* policyKept({ example, trajectory, mask, weigh }: LintContext): Iterable<Complaint> {
  if (!trajectory) return
  const only = example.trajectory === undefined ? undefined : example.spans.at(-1)?.step
  const first = example.spans.find(({ step }) => step >= 0)?.step ?? 0
  for (let index = first; index < trajectory.steps.length; index++) {
    if (only !== undefined && index > only) return
    const spans = example.spans.filter(span => span.step === index && span.role === 'assistant')
    const labelled = spans.reduce((sum, span) => sum + labelledIn(example, span), 0)
    const step = trajectory.steps[index]!
    const wanted = (only ?? index) === index && carriesLoss(step, mask) && (weigh?.(step, index) ?? 1) > 0
    if (labelled > 0 === wanted) continue
    const range = spans[0] ? { from: spans[0].from, to: spans.at(-1)!.to } : {}
    const message = `With the mask "${mask}" this step should ${wanted ? '' : 'not '}carry loss`
    yield { rule: 'policy-differs', step: index, ...range, message }
  }
}

export const LINT_RULES: readonly Rule[] = [
  ...ROW_RULES,
  errorsMasked,
  stopsTrained,
  turnsEnd,
  tokensFit,
  historyKept,
  spansAreTexts,
  policyKept,
]
