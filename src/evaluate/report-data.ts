/**
 * The numbers of a report, and the files that they come from.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import type { Example } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { type Comparison, compareArms } from './compare.ts'
import { errorKindsOf, type Measures, measure, type Success, successOf } from './measures.ts'
import type { EpisodeScore } from './scores.ts'
import type { SpentRow } from './spent.ts'
import type { TrainingSummary } from './training-summary.ts'

/** What a report is made from. All file names are relative to the folder that the report is written to. */
export interface ReportInput {
  /** The recipe's name. */
  name: string
  runs: ReportRun[]
  /** Such as `{ misstep: '0.1.0', node: 'v20.20.0', households: '1' }`. */
  versions: Record<string, string>
  arms: ArmInput[]
  /** Which arms to compare; default: every two trained arms, the later one expected to be better. */
  comparisons?: { better: string; worse: string }[]
  /** One self-reflected trajectory to show. */
  showcase?: Showcase
  /** What models behind endpoints have used up; left out where there are none. */
  spent?: readonly SpentRow[]
  /** Other files that numbers come from, by the number's name; such as `{ wallSeconds: 'log.jsonl' }`. */
  sources?: Record<string, string>
  /** Sentences that belong under the title, such as what the run left out. */
  notes?: string[]
}

export interface ReportRun {
  seed: number | string
  wallSeconds: number
  /** The run's folder, relative to the report's; `.` for the report's own. */
  folder: string
}

export interface ArmInput {
  name: string
  /** `floor` and `ceiling` are shown beside the arms, such as the untrained student and the expert. Default: `arm`. */
  role?: ArmRole
  /** One line on what the arm is. */
  about?: string
  /** One entry a score file; several of one split are taken together. */
  scores: { split: string; file: string; scores: readonly EpisodeScore[] }[]
  /** One entry a training (a pooled report has one a run); empty where nothing was trained. */
  training?: TrainingSummary[]
}
export type ArmRole = 'arm' | 'floor' | 'ceiling'

export interface Showcase {
  trajectory: Trajectory
  file: string
  /** The same trajectory as the trainer reads it; `pieces` holds each token's text. */
  tokens?: { example: Example; pieces: readonly string[]; file: string }
}

export interface SplitSummary extends Success, Measures {
  errorKinds: Record<string, number>
  /** Success of each run; only where there are several. */
  runs?: number[]
  sources: string[]
}

export interface ArmSummary extends Measures {
  name: string
  role: ArmRole
  about?: string
  splits: Record<string, SplitSummary>
  /** Steps over all splits, and the errors among them by kind. */
  steps: number
  errorKinds: Record<string, number>
  /** True where a judge watched; else errors are rejected actions only. */
  judged: boolean
  training: TrainingSummary[]
}

/** A report in numbers. */
export interface Report extends Omit<ReportInput, 'arms' | 'comparisons'> {
  splits: string[]
  /** Whether rewards tell more than success does: some episode ended with a part of it. */
  graded: boolean
  arms: ArmSummary[]
  comparisons: Comparison[]
}

/**
 * Works out all numbers of a report.
 *
 * @throws {MisstepError} `data` when an arm has no score, a comparison names an arm that is not there, or the arms of one
 *   were not evaluated on the same episodes
 * @example
 * const report = makeReport({ name: 'quickstart', runs: [{ seed: 1, wallSeconds: 300, folder: '.' }], versions: {}, arms })
 */
export function makeReport(input: ReportInput): Report {
  const splits = [...new Set(input.arms.flatMap(arm => arm.scores.map(entry => entry.split)))]
  const trained = input.arms.filter(arm => (arm.role ?? 'arm') === 'arm')
  const pairs =
    input.comparisons ??
    trained.flatMap((worse, at) => trained.slice(at + 1).map(better => ({ better: better.name, worse: worse.name })))
  const comparisons = pairs.flatMap(({ better, worse }) => {
    const first = armNamed(input.arms, better)
    const second = armNamed(input.arms, worse)
    return splits
      .filter(split => [first, second].every(arm => arm.scores.some(entry => entry.split === split)))
      .map(split => compareArms(split, onSplit(first, split), onSplit(second, split)))
  })
  const graded = input.arms.some(arm => arm.scores.some(({ scores }) => scores.some(isPartial)))
  return { ...input, splits, graded, arms: input.arms.map(summariseArm), comparisons }
}

function isPartial({ reward, won }: EpisodeScore): boolean {
  return reward !== Number(won)
}

function summariseArm(arm: ArmInput): ArmSummary {
  const all = arm.scores.flatMap(entry => entry.scores)
  if (all.length === 0) {
    throw new MisstepError('data', `The arm "${arm.name}" has no scores`, {
      value: arm.scores.map(entry => entry.file),
      advice: 'Run the recipe to its end before asking for its report.',
    })
  }
  const splits = [...new Set(arm.scores.map(entry => entry.split))]
  return {
    name: arm.name,
    role: arm.role ?? 'arm',
    ...(arm.about ? { about: arm.about } : {}),
    splits: Object.fromEntries(splits.map(split => [split, summariseSplit(arm, split)])),
    ...measure(all),
    steps: all.reduce((sum, score) => sum + score.steps, 0),
    errorKinds: errorKindsOf(all),
    judged: all.some(score => score.judged > 0),
    training: arm.training ?? [],
  }
}

function summariseSplit(arm: ArmInput, split: string): SplitSummary {
  const entries = arm.scores.filter(entry => entry.split === split)
  const { scores, sources } = onSplit(arm, split)
  const runs = entries.map(entry => successOf(entry.scores).success)
  return {
    ...successOf(scores),
    ...measure(scores),
    errorKinds: errorKindsOf(scores),
    ...(runs.length > 1 ? { runs } : {}),
    sources,
  }
}

function onSplit(arm: ArmInput, split: string) {
  const entries = arm.scores.filter(entry => entry.split === split)
  return {
    name: arm.name,
    scores: entries.flatMap(entry => entry.scores),
    sources: entries.map(entry => entry.file),
  }
}

function armNamed(arms: readonly ArmInput[], name: string): ArmInput {
  const arm = arms.find(one => one.name === name)
  if (arm) return arm
  const known = arms.map(one => one.name).join(', ')
  throw new MisstepError('data', 'A comparison names an arm that is not there', {
    value: name,
    advice: `The arms are ${known}.`,
  })
}
