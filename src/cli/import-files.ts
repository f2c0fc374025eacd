/**
 * Imports files of recordings, showing how far it is.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { readRecords } from '../environments/read-records.ts'
import { openEnvironment } from '../environments/registry.ts'
import { type Imported, importRecordings, REASONS, type Reason, recordedWith } from '../import/index.ts'
import type { RecordingFormat } from '../import/recording.ts'
import { createProgress } from '../pipeline/progress.ts'
import { checkWritable, writeFileAtomically } from '../store/atomic-file.ts'
import { writeJsonl } from '../store/jsonl.ts'
import { withInterruption } from './interruption.ts'
import { safeText } from './safe-text.ts'

export interface ImportFlags {
  from: RecordingFormat
  environment: string
  to: string
  option?: Record<string, unknown>
  keep: 'won' | 'all' | number
  withoutRejected?: true
  replay: boolean
  agent?: string
  limit?: number
  report?: string
  json?: true
}

/** @throws {MisstepError} `data` when a file cannot be read, or nothing of it could be kept; `store` when it cannot be written */
export async function importFiles(files: readonly string[], flags: ImportFlags): Promise<void> {
  const { from: format, to, option = {}, limit } = flags
  const report = flags.report ?? `${to.replace(/\.jsonl$/, '')}.report.json`
  for (const path of [to, report]) checkWritable(path)
  const records = (await Promise.all(files.map(readRecords))).flatMap(each => each.slice(0, limit))
  const choice = { ...recordedWith(flags.environment, format), ...option }
  const environment = flags.replay ? await openEnvironment({ ...choice, name: flags.environment }) : undefined
  const bar = createProgress().stage('import', records.length, 'recordings')
  let imported: Imported
  try {
    imported = await withInterruption(signal =>
      importRecordings(records, {
        format,
        environment: environment ?? flags.environment,
        keep: flags.keep,
        withoutRejected: flags.withoutRejected === true,
        ...(flags.agent !== undefined && { agent: flags.agent }),
        onRecording: () => bar.advance(),
        signal,
      }),
    )
  } finally {
    bar.end()
    await environment?.close()
  }
  const { trajectories, dropped, ...counts } = imported
  const summary = {
    from: format,
    files,
    environment: environment?.version ?? `${flags.environment}, not played again`,
    options: choice,
    misstep: version,
    kept: trajectories.length,
    ...counts,
  }
  writeFileAtomically(report, `${JSON.stringify({ ...summary, dropped }, null, 2)}\n`)
  if (trajectories.length === 0) throw nothingKept(imported, report)
  writeJsonl(to, trajectories)
  if (flags.json) console.log(JSON.stringify(summary))
  else printSummary(imported, to, report)
}

function printSummary(
  { trajectories, recordings, leftOut, observations, ...rest }: Imported,
  to: string,
  report: string,
) {
  console.log(`${to}: ${trajectories.length} of ${recordings} recordings kept`)
  for (const line of reasonLines(rest)) console.log(line)
  const { turnsWithoutMove, rejectedMoves, movesAfterEnd } = leftOut
  const parts = [
    [turnsWithoutMove, 'turns without a move'],
    [rejectedMoves, 'rejected moves'],
    [movesAfterEnd, 'moves after the end'],
  ].filter(([count]) => count !== 0)
  if (parts.length > 0) console.log(`of those kept, left out: ${parts.map(part => part.join(' ')).join(', ')}`)
  const { compared, different } = observations
  if (compared > 0)
    console.log(`recorded observations: ${compared}, of which ${different} differ from what is shown now`)
  console.log(`what was dropped, one by one: ${report}`)
}

/** A line for each reason, with the first recording that was dropped for it. */
function reasonLines({ reasons, dropped }: Pick<Imported, 'reasons' | 'dropped'>): string[] {
  return Object.entries(reasons).map(([reason, count]) => {
    const first = dropped.find(each => each.reason === reason)!
    const detail = first.detail === undefined ? '' : `: ${first.detail}`
    return safeText(`  ${count} ${REASONS[reason as Reason]}; the first is ${first.name}${detail}`.slice(0, 300))
  })
}

function nothingKept(imported: Imported, report: string): MisstepError {
  return new MisstepError('data', `None of ${imported.recordings} recordings could be kept`, {
    advice: `${reasonLines(imported).join('\n  ').trim()}\n  One by one: ${report}`,
  })
}
