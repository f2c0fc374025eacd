/**
 * How good a teacher is: its word on each step of recorded episodes against the oracle's.
 * @module
 */
import type { Teacher } from '../core/agent.ts'
import type { Environment } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { createArrivals } from '../play/arrivals.ts'
import { bootstrapAll } from './bootstrap.ts'
import { compareText } from './measures.ts'
import type { Interval } from './statistics.ts'
import { type TeacherCounts, watchAgain } from './teacher-report-episode.ts'

export interface TeacherReportOptions {
  environment: Environment
  teacher: Teacher
  trajectories: readonly Trajectory[]
  /** Episodes that are open at once. Default: 16. */
  episodesAtOnce?: number
  /** Told after each episode. */
  onEpisode?: (done: number, total: number) => void
  signal?: AbortSignal
}

/** Each measure is a ratio of two sums over episodes. */
const ratios = {
  /** Of the steps that it called wrong, how many the oracle calls wrong too. */
  precision: n => [n.found, n.called],
  /** Of the steps that the oracle calls wrong, how many it called wrong; one that it could not judge is missed. */
  recall: n => [n.found, n.errors],
  /** Of all steps, how many it could not judge. */
  unjudged: n => [n.unjudged, n.steps],
  /** Of the corrections that it proposed, those that were given back to it included, how many the environment accepts. */
  accepted: n => [n.accepted, n.proposed],
  /** Of the steps that it called wrong while there was something to be done, how many it gave a correction for in the end. */
  corrected: n => [n.accepted, n.correctable],
  /** Of the accepted corrections, how many help: see `reportTeacher`. */
  helpful: n => [n.helpful, n.accepted],
  /** Tokens that it read and wrote, a step. */
  tokensPerStep: n => [n.tokensIn + n.tokensOut, n.steps],
  /** In the currency of the endpoint's prices. */
  costPerStep: n => [n.priced === 0 ? 0 : n.cost, n.priced === 0 ? 0 : n.steps],
} satisfies Record<string, (counts: TeacherCounts) => [above: number, below: number]>

export type TeacherMeasure = keyof typeof ratios
const teacherMeasures = Object.keys(ratios) as TeacherMeasure[]

export interface TeacherReport {
  teacher: string
  environment: string
  episodes: number
  /** Episodes that did not go as recorded, such as those of another version; what was judged before counts. */
  strayed: number
  /** Sums over all episodes. */
  counts: TeacherCounts
  /** With 95% intervals (bootstrap by episode); null where there is nothing to divide by. */
  measures: Record<TeacherMeasure, Interval | null>
}

/**
 * Plays recorded episodes again, and asks the teacher and the environment's own judge about each step of the student.
 * A correction helps when the judge, on a fork of the episode at that point, finds it right, or when the expert, who knows
 * only what was seen, is sooner at the goal after it.
 *
 * @throws {MisstepError} `data` when no step was judged; `environment` when it has no judge
 * @example
 * const { measures } = await reportTeacher({ environment, teacher, trajectories })
 * console.log(measures.recall?.estimate)
 */
export async function reportTeacher(options: TeacherReportOptions): Promise<TeacherReport> {
  const { environment, teacher, trajectories, episodesAtOnce = 16, onEpisode, signal } = options
  const waiting = [...trajectories.entries()].reverse()
  const running = createArrivals<{ index: number; counts: TeacherCounts }>()
  const rows: TeacherCounts[] = []
  let done = 0
  while (waiting.length > 0 || running.size > 0) {
    signal?.throwIfAborted()
    while (waiting.length > 0 && running.size < episodesAtOnce) {
      const [index, trajectory] = waiting.pop()!
      running.add(watchAgain(environment, teacher, trajectory, signal).then(counts => ({ index, counts })))
    }
    const { index, counts } = await running.next()
    rows[index] = counts
    onEpisode?.(++done, trajectories.length)
  }
  return summarise(rows, options)
}

function summarise(rows: readonly TeacherCounts[], options: TeacherReportOptions): TeacherReport {
  const { environment, teacher, trajectories } = options
  const ordered = [...rows.entries()]
    .sort(([a], [b]) => compareText(trajectories[a]!.id, trajectories[b]!.id) || a - b)
    .map(([, counts]) => counts)
  const [first, ...rest] = ordered
  if (!first || ordered.every(({ steps }) => steps === 0)) {
    throw new MisstepError('data', 'There is no step of a student to judge', {
      value: { trajectories: trajectories.length, strayed: ordered.filter(({ strayed }) => strayed > 0).length },
      advice: 'Give trajectories of this very environment, with the options that they were recorded with.',
    })
  }
  const intervals = bootstrapAll(
    ordered.map(counts => teacherMeasures.flatMap(name => ratios[name](counts))),
    teacherMeasures.map((_, at) => sums => sums[2 * at]! / sums[2 * at + 1]!),
  )
  const counts = { ...first }
  for (const row of rest) for (const name of Object.keys(row) as (keyof TeacherCounts)[]) counts[name] += row[name]
  return {
    teacher: teacher.name,
    environment: environment.name,
    episodes: rows.length,
    strayed: counts.strayed,
    counts,
    measures: Object.fromEntries(
      teacherMeasures.map((name, at) => [name, intervals[at] ?? null]),
    ) as TeacherReport['measures'],
  }
}
