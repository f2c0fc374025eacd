/**
 * The table that a run ends with in the terminal.
 * @module
 */
import { count, decimal, percent } from './format.ts'
import { visible } from './markup.ts'
import type { Report } from './report-data.ts'
import { rewardCells, rewardNames } from './reward-cells.ts'

/**
 * One line an arm, in plain text: success on each split with its 95% interval, the mean reward where it can be a part,
 * and the measures of self-correction over all splits.
 *
 * @example
 * console.log(summaryTable(report))
 */
export function summaryTable(report: Report): string {
  const measures = ['error rate', 'recovery', 'to recover', 'when won', 'trained tokens']
  const names = ['arm', ...report.splits, ...rewardNames(report), ...measures]
  const rows = report.arms.map(arm => [
    visible(arm.name),
    ...report.splits.map(split => {
      const summary = arm.splits[split]
      if (!summary) return '–'
      return `${percent(summary.success).padStart(6)} (${percent(summary.low, 0)} to ${percent(summary.high, 0)})`
    }),
    ...rewardCells(report, arm).map(([mean, interval]) => (interval ? `${mean} (${interval})` : mean)),
    percent(arm.errorRate),
    percent(arm.recoveryRate),
    arm.stepsToRecover === null ? '–' : `${decimal(arm.stepsToRecover, 1)} steps`,
    arm.stepsWhenWon === null ? '–' : `${decimal(arm.stepsWhenWon, 1)} steps`,
    arm.training[0] ? count(arm.training[0].trainedTokens) : '–',
  ])
  const widths = names.map((name, at) => Math.max(name.length, ...rows.map(row => row[at]!.length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd()
  return [line(names), widths.map(width => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}
