/**
 * Prints what a finished run has shown.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Prints the summary table of a run folder, or its `report.json`, to standard output.
 *
 * @throws {MisstepError} `data` when the folder holds no finished run
 */
export async function printResult(folder: string, json: boolean): Promise<void> {
  const { readReport } = await import('../evaluate/report-file.ts')
  const { summaryTable } = await import('../evaluate/summary-table.ts')
  const report = await readReport(folder)
  if (json) process.stdout.write(await readFile(join(folder, 'report.json'), 'utf8'))
  else console.log(summaryTable(report))
}
