/**
 * `misstep report`: the table of a finished run, or of several taken together.
 * @module
 */
import { join } from 'node:path'
import type { Command } from 'commander'
import { examples, inputPaths } from '../options.ts'

interface ReportFlags {
  to?: string
  json?: true
}

export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('print the table of a finished run; with several, pool them into one report')
    .argument('<run...>', 'run folders; several must be of one recipe, each with a seed of its own', inputPaths)
    .option('--to <folder>', 'where a pooled report goes (default: the first run, with -pooled)')
    .option('--json', 'print report.json in place of the table')
    .addHelpText(
      'after',
      examples(
        'misstep report runs/quickstart',
        'misstep report runs/quickstart runs/quickstart-seed2 runs/quickstart-seed3 --to runs/three-seeds',
      ),
    )
    .action(async (folders: string[], flags: ReportFlags) => {
      const [first = ''] = folders
      if (folders.length === 1 && flags.to === undefined) {
        const { printResult } = await import('../print-result.ts')
        return printResult(first, flags.json === true)
      }
      const to = flags.to ?? `${first.replace(/[/\\]+$/, '')}-pooled`
      const { poolRuns } = await import('../../evaluate/pool.ts')
      const { writeReport } = await import('../../evaluate/report.ts')
      const { reportJson } = await import('../../evaluate/report-file.ts')
      const { summaryTable } = await import('../../evaluate/summary-table.ts')
      const report = writeReport(to, await poolRuns(folders, to))
      console.log(flags.json ? JSON.stringify(reportJson(report), null, 2) : summaryTable(report))
      process.stderr.write(`\nThe report: ${join(to, 'report.html')}\n`)
    })
}
