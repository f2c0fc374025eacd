/**
 * Exports a run's arm, or files, in a trainer's dialect, and says what was written.
 * @module
 */
import { statSync } from 'node:fs'
import { MisstepError } from '../core/errors.ts'
import { type Example, exampleSchema } from '../core/example.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import {
  type DialectOptions,
  dialectNamed,
  type ExportReport,
  exportRows,
  openRunArm,
  type WeightedConversation,
  weightedConversation,
} from '../export/index.ts'
import type { MaskPolicy } from '../render/index.ts'
import { readJsonl } from '../store/jsonl.ts'
import { expectKind } from './kind-of-file.ts'
import { createPromptOf, type EnvironmentFlags } from './prompt-of.ts'
import { safeText } from './safe-text.ts'

export interface ExportDataOptions extends DialectOptions, EnvironmentFlags {
  to: string
  out: string
  arm?: string
  mask: MaskPolicy
  /** Which trajectories of a file are taken. */
  keep: 'won' | 'all'
  json?: boolean
}

/** @throws {MisstepError} as `exportRows`; `usage` when the dialect needs another kind of file */
export async function exportData(sources: readonly string[], options: ExportDataOptions): Promise<void> {
  const dialect = dialectNamed(options.to)
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

async function* examplesOf(sources: readonly string[], options: ExportDataOptions): AsyncIterable<Example> {
  for (const source of sources) {
    if (isFolder(source)) yield* openRunArm(source, options.arm).examples()
    else {
      const advice = 'Render them first (misstep run), or export to a dialect of messages.'
      await expectKind(source, ['tokens'], `The dialect ${options.to}`, advice)
      yield* readJsonl(source, exampleSchema)
    }
  }
}

async function* conversationsOf(
  sources: readonly string[],
  options: ExportDataOptions,
): AsyncIterable<WeightedConversation> {
  const promptOf = createPromptOf(options)
  for (const source of sources) {
    if (isFolder(source)) {
      const arm = openRunArm(source, options.arm)
      const { name, ...recipe } = arm.environment
      const { environment = name, option } = options
      yield* arm.conversations(createPromptOf({ environment, option: { ...recipe, ...option } }))
    } else {
      const advice = 'Give the trajectories that they were made of, or export to a dialect of tokens.'
      await expectKind(source, ['trajectories'], `The dialect ${options.to}`, advice)
      for await (const trajectory of readJsonl(source, trajectorySchema)) {
        if (!isKept(trajectory, options.keep)) continue
        yield weightedConversation(trajectory, { mask: options.mask, prompt: await promptOf(trajectory) })
      }
    }
  }
}

const isKept = (trajectory: Trajectory, keep: 'won' | 'all') => keep === 'all' || trajectory.outcome === 'won'

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found) return found.isDirectory()
  throw new MisstepError('usage', 'There is no such file or folder', { value: path })
}

function summaryOf({ rows, sources, trained, masked, leftOut }: ExportReport, unit: string, out: string): string {
  const lines = [`${out}: ${rows} rows of ${sources}; ${trained} ${unit} carry loss, ${masked} do not`]
  for (const [why, count] of Object.entries(leftOut)) lines.push(`  ${count} left out: ${safeText(why)}`)
  return lines.join('\n')
}
