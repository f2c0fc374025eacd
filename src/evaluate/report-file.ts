/**
 * `report.json`: a report for machines, and back.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { measureNames } from './measures.ts'
import type { ArmSummary, Report, SplitSummary } from './report-data.ts'
import { sourcesOf } from './sources.ts'
import { type SpentRow, spentRowSchema } from './spent.ts'
import { trainingSummarySchema } from './training-summary.ts'

/**
 * What `report.json` holds. Each arm has its splits under their own names, as in `arms[0].unseen.success`, and beside
 * them the measures over all splits. With one run `seed` is its seed; with several it is the list of theirs.
 */
export function reportJson(report: Report) {
  const { name, runs, versions, splits, graded, comparisons, notes, spent } = report
  return {
    format: 1,
    name,
    seed: runs.length === 1 ? runs[0]!.seed : runs.map(run => run.seed),
    wallSeconds: runs.reduce((sum, run) => sum + run.wallSeconds, 0),
    versions,
    runs,
    splits,
    graded,
    arms: report.arms.map(({ splits: bySplit, training, ...arm }) => ({
      ...bySplit,
      ...arm,
      ...budgetOf(training),
      training,
    })),
    comparisons,
    ...(spent ? { spent } : {}),
    ...(notes ? { notes } : {}),
    sources: Object.fromEntries(sourcesOf(report)),
  }
}

/** The first training's figures, at the arm itself: what most readers look for. */
function budgetOf([training]: ArmSummary['training']) {
  if (!training) return {}
  const { trainedTokens, tokens, optimiserSteps, finalLoss } = training
  return { trainedTokens, tokens, optimiserSteps, finalLoss }
}

const orNone = z.number().nullable()
const interval = z.tuple([z.number(), z.number()]).nullable()
const each = <T extends z.ZodType>(schema: T) => Object.fromEntries(measureNames.map(name => [name, schema]))
const measures = { ...each(orNone), intervals: z.object(each(interval)) }
const errorKinds = z.record(z.string(), z.number())
const splitSchema = z.object({
  success: z.number(),
  low: z.number(),
  high: z.number(),
  tasks: z.number(),
  episodes: z.number(),
  won: z.number(),
  ...measures,
  errorKinds,
  runs: z.array(z.number()).optional(),
  sources: z.array(z.string()),
})
const armSchema = z.looseObject({
  name: z.string(),
  role: z.enum(['arm', 'floor', 'ceiling']),
  about: z.string().optional(),
  steps: z.number(),
  judged: z.boolean(),
  errorKinds,
  ...measures,
  training: z.array(trainingSummarySchema),
})
const difference = z.object({ difference: z.number(), low: z.number(), high: z.number() })
const comparisonSchema = z.object({
  better: z.string(),
  worse: z.string(),
  split: z.string(),
  method: z.enum(['paired', 'clustered']),
  difference: z.number(),
  low: z.number(),
  high: z.number(),
  pValue: z.number(),
  pairs: z.number(),
  tasks: z.number(),
  onlyBetterWon: z.number(),
  onlyWorseWon: z.number(),
  recovery: difference.nullable(),
  reward: difference,
  sources: z.array(z.string()),
})
const reportSchema = z.object({
  format: z.literal(1),
  name: z.string(),
  runs: z.array(z.object({ seed: z.union([z.number(), z.string()]), wallSeconds: z.number(), folder: z.string() })),
  versions: z.record(z.string(), z.string()),
  splits: z.array(z.string()),
  graded: z.boolean(),
  arms: z.array(armSchema),
  comparisons: z.array(comparisonSchema),
  spent: z.array(spentRowSchema).optional(),
  notes: z.array(z.string()).optional(),
})

/**
 * Reads the numbers of a finished run back from its `report.json`; the trajectory that its page shows is not among them.
 *
 * @throws {MisstepError} `data` when the folder holds no report, or a damaged one
 * @example
 * console.log(summaryTable(await readReport('runs/quickstart')))
 */
export async function readReport(folder: string): Promise<Report> {
  try {
    const {
      format: _,
      notes,
      spent,
      ...report
    } = reportSchema.parse(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')))
    const arms = report.arms.map(arm => {
      const own = report.splits.filter(split => Object.hasOwn(arm, split))
      const splits = Object.fromEntries(
        own.map(split => [split, splitSchema.parse(arm[split]) as unknown as SplitSummary]),
      )
      return { ...arm, splits } as unknown as ArmSummary
    })
    return { ...report, arms, ...(spent ? { spent: spent as SpentRow[] } : {}), ...(notes ? { notes } : {}) }
  } catch (cause) {
    const what = cause instanceof z.ZodError ? `\n  ${z.prettifyError(cause)}` : ''
    throw new MisstepError('data', 'This folder holds no finished run', {
      value: folder,
      advice: `It needs a whole report.json; \`misstep run\` writes it at the end.${what}`,
      cause,
    })
  }
}
