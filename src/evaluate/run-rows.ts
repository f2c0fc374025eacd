/**
 * What each run of a pooled report showed by itself.
 * @module
 */
import type { Comparison } from './compare.ts'
import { percent, points } from './format.ts'
import type { Report } from './report-data.ts'

/**
 * Success of each arm, then each difference, run by run: the rows of a table whose first row names the columns. Empty
 * where there is only one run.
 *
 * @example
 * const [names, ...rows] = runRows(report)
 */
export function runRows(report: Report): string[][] {
  if (report.runs.length < 2) return []
  const names = ['success', ...report.runs.map(run => `seed ${run.seed}`)]
  const successes = report.arms.flatMap(arm =>
    report.splits.map(split => [
      `${arm.name}, ${split}`,
      ...successByRun(report, arm.name, split).map(value => percent(value)),
    ]),
  )
  const differences = report.comparisons.map(one => [
    `${one.better} − ${one.worse}, ${one.split}`,
    ...differenceByRun(report, one).map(points),
  ])
  return [names, ...successes, ...differences]
}

function differenceByRun(report: Report, { better, worse, split }: Comparison): number[] {
  const others = successByRun(report, worse, split)
  return successByRun(report, better, split).map((success, at) => success - others[at]!)
}

function successByRun(report: Report, name: string, split: string): number[] {
  return report.arms.find(arm => arm.name === name)?.splits[split]?.runs ?? []
}
