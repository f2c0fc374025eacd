/**
 * Which file each number of a report comes from.
 * @module
 */
import type { Report } from './report-data.ts'

/**
 * Each number's name, or a group's of numbers, and the files it was worked out from, relative to the report.
 *
 * @example
 * for (const [name, files] of sourcesOf(report)) console.log(name, files)
 */
export function sourcesOf(report: Report): [name: string, files: string[]][] {
  const arms = report.arms.flatMap((arm): [string, string[]][] => {
    const splits = Object.entries(arm.splits).map(([split, summary]): [string, string[]] => [
      `${arm.name}, ${split}: success and self-correction`,
      summary.sources,
    ])
    const logs = arm.training.map(training => training.sources.log)
    const examples = arm.training.flatMap(training => training.sources.examples ?? [])
    return [
      ...splits,
      ...(logs.length > 0 ? [[`${arm.name}: tokens, steps, loss`, logs] as [string, string[]]] : []),
      ...(examples.length > 0 ? [[`${arm.name}: examples`, examples] as [string, string[]]] : []),
    ]
  })
  const others = Object.entries(report.sources ?? {}).map(([name, file]): [string, string[]] => [name, [file]])
  const spent = (report.spent ?? []).map(({ stage, who, file }): [string, string[]] => [
    `${stage}: what the ${who} used up`,
    [file],
  ])
  const shown: [string, string[]][] = report.showcase ? [['the trajectory shown', [report.showcase.file]]] : []
  return [...arms, ...spent, ...others, ...shown]
}
