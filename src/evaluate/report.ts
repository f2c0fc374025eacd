/**
 * Writes a report: for machines, as text, and as a page.
 * @module
 */
import { join } from 'node:path'
import { writeFileAtomically } from '../store/atomic-file.ts'
import { makeReport, type Report, type ReportInput } from './report-data.ts'
import { reportJson } from './report-file.ts'
import { reportHtml } from './report-html.ts'
import { reportMarkdown } from './report-markdown.ts'

/**
 * Works out a report and writes `report.json`, `report.md` and `report.html` into a folder. The page is self-contained:
 * it runs no script and loads nothing.
 *
 * @throws {MisstepError} `data` when the scores do not make a report (see `makeReport`), `store` when it cannot be written
 * @example
 * const report = writeReport('runs/quickstart', { name: 'quickstart', runs: [{ seed: 1, wallSeconds: 300, folder: '.' }], versions: {}, arms })
 * console.log(summaryTable(report))
 */
export function writeReport(folder: string, input: ReportInput): Report {
  const report = makeReport(input)
  writeFileAtomically(join(folder, 'report.html'), reportHtml(report))
  writeFileAtomically(join(folder, 'report.md'), reportMarkdown(report))
  // Last, since a pooled report takes its word that the run is complete.
  writeFileAtomically(join(folder, 'report.json'), `${JSON.stringify(reportJson(report), null, 2)}\n`)
  return report
}
