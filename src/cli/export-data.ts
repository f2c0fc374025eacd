/**
 * Exports a run's arm, or files, in a trainer's dialect, and says what was written.
 * @module
 */
import { statSync } from 'node:fs'
import { MisstepError } from '../core/errors.ts'
import { type Dialect, type DialectOptions, dialectNamed, type ExportReport, exportRows } from '../export/index.ts'
import { conversationsOf, type ExportSource, examplesOf, type SourceOptions } from './export-sources.ts'
import { expectKind, type ReadKind } from './kind-of-file.ts'
import { safeText } from './safe-text.ts'

export interface ExportDataOptions extends DialectOptions, SourceOptions {
  to: string
  out: string
  json?: boolean
}

/** @throws {MisstepError} as `exportRows`; `usage` when the dialect needs another kind of file, or a flag has no effect */
export async function exportData(paths: readonly string[], options: ExportDataOptions): Promise<void> {
  const dialect = dialectNamed(options.to)
  const sources: ExportSource[] = []
  for (const path of paths) sources.push({ path, kind: await kindOf(path, dialect, options) })
  refuseIdle(sources, dialect, options)
  const report =
    dialect.reads === 'examples'
      ? await exportRows(dialect, examplesOf(sources, options), options.out, options)
      : await exportRows(dialect, conversationsOf(sources, options), options.out, options)
  if (options.json) console.log(JSON.stringify(report))
  else {
    console.log(summaryOf(report, dialect.reads === 'examples' ? 'tokens' : 'answers', options.out))
    process.stderr.write(`\n${dialect.use(options.out)}\n`)
  }
}

async function kindOf(path: string, dialect: Dialect, { student }: SourceOptions): Promise<ExportSource['kind']> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return 'run'
  const readsTokens = dialect.reads === 'examples'
  const wanted: ReadKind[] = [
    ...(readsTokens ? ['tokens' as const] : []),
    ...(!readsTokens || student !== undefined ? ['trajectories' as const] : []),
  ]
  const advice = readsTokens
    ? 'Name the checkpoint to render trajectories for with --student, or export to a dialect of messages.'
    : 'Give the trajectories that they were made of, or export to a dialect of tokens.'
  return expectKind(path, wanted, `The dialect ${dialect.name}`, advice)
}

/** A flag that would do nothing was meant to do something. */
function refuseIdle(sources: readonly ExportSource[], dialect: Dialect, options: ExportDataOptions): void {
  const has = (kind: ExportSource['kind']) => sources.some(source => source.kind === kind)
  const isRendered = dialect.reads === 'examples' && has('trajectories')
  const hasPrompt = dialect.reads === 'trajectories' || isRendered
  const flags: [flag: string, value: unknown, hasEffect: boolean, needs: string][] = [
    ['--arm', options.arm, has('run'), 'the folder of a run'],
    ['--mask', options.mask, has('trajectories'), 'files of trajectories; a run has its own, and rows of tokens too'],
    ['--keep', options.keep, has('trajectories'), 'files of trajectories; a run has chosen its own'],
    ['--student', options.student, isRendered, 'trajectories that become rows of tokens'],
    ['--max-tokens', options.maxTokens, isRendered, 'trajectories that become rows of tokens'],
    ['--environment', options.environment, hasPrompt, 'messages and trajectories; rows of tokens hold their prompt'],
    ['--option', options.option, hasPrompt, 'messages and trajectories; rows of tokens hold their prompt'],
    ['--no-split', options.split === false || undefined, dialect.name === 'llama-factory', '--to llama-factory'],
  ]
  for (const [flag, value, hasEffect, needs] of flags) {
    if (value === undefined || hasEffect) continue
    throw new MisstepError('usage', `${flag} has no effect here`, { value, advice: `It is for ${needs}.` })
  }
}

function summaryOf({ rows, sources, trained, masked, leftOut }: ExportReport, unit: string, out: string): string {
  const lines = [`${out}: ${rows} rows of ${sources}; ${trained} ${unit} carry loss, ${masked} do not`]
  for (const [why, count] of Object.entries(leftOut)) lines.push(`  ${count} left out: ${safeText(why)}`)
  return lines.join('\n')
}
