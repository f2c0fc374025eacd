/**
 * Several runs of one recipe with other seeds, taken together.
 * @module
 */
import { join, relative, resolve, sep } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import { readJsonlFile } from '../store/jsonl.ts'
import type { ArmInput, Report, ReportInput } from './report-data.ts'
import { readReport } from './report-file.ts'
import { episodeScoreSchema } from './scores.ts'

interface Run {
  folder: string
  seed: number | string
  wallSeconds: number
  report: Report
}

/**
 * Pools finished runs into the input of one report: all their episodes together, paired within each run, with intervals
 * that respect that the same tasks come back in every run (whole tasks are drawn and flipped, see `compareArms`).
 *
 * @param folders run folders, each with its `report.json` and score files
 * @param to the folder that the pooled report will be written to; file names are made relative to it
 * @throws {MisstepError} `data` when a folder holds no finished run, the runs are not of one recipe, or two share a seed
 * @example
 * writeReport('runs/pooled', await poolRuns(['runs/quickstart-seed1', 'runs/quickstart-seed2'], 'runs/pooled'))
 */
export async function poolRuns(folders: readonly string[], to: string): Promise<ReportInput> {
  // By seed, so that the order in which the runs are named changes nothing.
  const runs = (await Promise.all(folders.map(readRun))).sort((a, b) => (a.seed < b.seed ? -1 : 1))
  const [first] = runs
  if (!first) throw new MisstepError('usage', 'There is no run to pool', { advice: 'Name two run folders or more.' })
  for (const [at, run] of runs.entries()) {
    requireSameArms(first, run)
    if (run.seed !== runs[at - 1]?.seed) continue
    throw new MisstepError('data', 'Two runs have the same seed, so they are one run twice', {
      value: run.seed,
      advice: 'Give each run a seed of its own.',
    })
  }
  const { name, versions, arms, comparisons } = first.report
  const pairs = new Map(comparisons.map(({ better, worse }) => [`${better}\n${worse}`, { better, worse }]))
  const spent = runs.flatMap(({ folder, seed, report }) =>
    (report.spent ?? []).map(row => ({
      ...row,
      stage: `${row.stage}, seed ${seed}`,
      file: pathFrom(to, join(folder, row.file)),
    })),
  )
  return {
    name,
    runs: runs.map(({ folder, seed, wallSeconds }) => ({ seed, wallSeconds, folder: pathFrom(to, folder) })),
    versions,
    arms: await Promise.all(arms.map((_, at) => poolArm(runs, at, to))),
    comparisons: [...pairs.values()],
    ...(spent.length > 0 && { spent }),
    sources: Object.fromEntries(
      runs.map(({ folder, seed }) => [`run with seed ${seed}`, pathFrom(to, join(folder, 'report.json'))]),
    ),
  }
}

async function poolArm(runs: readonly Run[], at: number, to: string): Promise<ArmInput> {
  const scores: ArmInput['scores'] = []
  const training: NonNullable<ArmInput['training']> = []
  for (const { folder, seed, report } of runs) {
    const moved = (file: string) => pathFrom(to, join(folder, file))
    const arm = report.arms[at]!
    for (const [split, { sources }] of Object.entries(arm.splits)) {
      for (const file of sources) {
        const episodes = await readJsonlFile(join(folder, file), episodeScoreSchema)
        // The seed makes an episode's id its own; the task's id stays, and holds the repetitions together.
        const named = episodes.map(score => ({ ...score, id: `${seed}/${score.id}` }))
        scores.push({ split, file: moved(file), scores: named })
      }
    }
    for (const { sources, ...summary } of arm.training) {
      const files = { log: moved(sources.log), ...(sources.examples ? { examples: moved(sources.examples) } : {}) }
      training.push({ ...summary, sources: files })
    }
  }
  const { name, role, about } = runs[0]!.report.arms[at]!
  return { name, role, ...(about ? { about } : {}), scores, training }
}

async function readRun(folder: string): Promise<Run> {
  const report = await readReport(folder)
  const [run] = report.runs
  if (run && report.runs.length === 1) return { folder, seed: run.seed, wallSeconds: run.wallSeconds, report }
  throw new MisstepError('data', 'This folder holds a report of several runs, which cannot be pooled again', {
    value: folder,
    advice: 'Name the folders of the runs themselves.',
  })
}

function requireSameArms(first: Run, other: Run): void {
  const names = (run: Run) => run.report.arms.map(arm => arm.name).join(', ')
  if (names(first) === names(other)) return
  throw new MisstepError('data', 'The runs do not have the same arms, so they are not of one recipe', {
    value: other.folder,
    advice: `It has ${names(other)}; ${first.folder} has ${names(first)}.`,
  })
}

/** Always with forward slashes, since it goes into links. */
function pathFrom(to: string, path: string): string {
  return relative(resolve(to), resolve(path)).split(sep).join('/') || '.'
}
