/**
 * The table of a teacher report.
 * @module
 */
import { count, counted, decimal, percent } from './format.ts'
import { visible } from './markup.ts'
import type { Interval } from './statistics.ts'
import type { TeacherMeasure, TeacherReport } from './teacher-report.ts'

const SHARES: [TeacherMeasure, string, (report: TeacherReport['counts']) => string][] = [
  ['precision', 'precision: called wrong, and wrong', n => `${count(n.found)} of ${count(n.called)}`],
  ['recall', 'recall: wrong, and called wrong', n => `${count(n.found)} of ${count(n.errors)}`],
  ['unjudged', 'could not be judged', n => `${count(n.unjudged)} of ${count(n.steps)}`],
  ['accepted', 'proposed corrections accepted', n => `${count(n.accepted)} of ${count(n.proposed)}`],
  ['corrected', 'called wrong, and corrected in the end', n => `${count(n.accepted)} of ${count(n.correctable)}`],
  ['helpful', 'accepted corrections that help', n => `${count(n.helpful)} of ${count(n.accepted)}`],
]

/**
 * One line a measure, in plain text: the estimate, its 95% interval, and the counts that it comes from.
 *
 * @example
 * console.log(teacherTable(await reportTeacher(options)))
 */
export function teacherTable(report: TeacherReport): string {
  const { counts, measures, episodes, strayed } = report
  const head = `${visible(report.teacher)} against the oracle of ${visible(report.environment)}: ${counted(counts.steps, 'step')} of ${counted(episodes, 'episode')}, ${count(counts.errors)} of them wrong`
  // A single episode says nothing of others: resampled, it is always itself.
  const interval = (value: Interval | null, show: (value: number) => string) =>
    value === null ? '' : episodes > 1 ? `(${show(value.low)} to ${show(value.high)})` : '–'
  const rows = SHARES.map(([name, label, from]) => {
    const share = measures[name]
    return [label, percent(share?.estimate ?? null), interval(share, value => percent(value, 0)), from(counts)]
  })
  const { tokensPerStep, costPerStep } = measures
  if (counts.requests > 0) {
    const used = `${count(counts.tokensIn)} in, ${count(counts.tokensOut)} out, ${count(counts.requests)} requests`
    const tokens = (value: number) => count(value)
    rows.push(['tokens a step', tokens(tokensPerStep!.estimate), interval(tokensPerStep, tokens), used])
  }
  if (costPerStep) {
    const cost = (value: number) => decimal(value, 6)
    rows.push(['cost a step', cost(costPerStep.estimate), interval(costPerStep, cost), `${cost(counts.cost)} in all`])
  }
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map(row => row[at]!.length)))
  const lines = rows.map(row =>
    row
      .map((cell, at) => (at === 1 ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd(),
  )
  const notes =
    strayed > 0 ? [`${counted(strayed, 'episode')} did not go as recorded; the rest of each was left out.`] : []
  return [head, '', ...lines, ...notes].join('\n')
}
