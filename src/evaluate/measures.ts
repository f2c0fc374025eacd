/**
 * What an arm's scores add up to: success and the measures of self-correction, with intervals.
 * @module
 */
import { bootstrap, bootstrapAll } from './bootstrap.ts'
import type { EpisodeScore } from './scores.ts'
import { type Interval, wilson } from './statistics.ts'

/** Every measure is a ratio of two sums over episodes. */
const ratios = {
  /** Errors a step. */
  errorRate: score => [score.errors, score.steps],
  /** Recovered errors, of all errors. */
  recoveryRate: score => [score.recovered, score.errors],
  /** Mean steps from an error to the right step, over the recovered errors. */
  stepsToRecover: score => [score.stepsToRecover.reduce((sum, steps) => sum + steps, 0), score.recovered],
  /** Errors that were made before in the same episode, of all errors. */
  repeatedErrorRate: score => [score.repeatedErrors, score.errors],
  /** Episodes that go round in a loop, of all episodes. */
  loopRate: score => [score.loops > 0 ? 1 : 0, 1],
  /** Actions that the environment rejected, a step. */
  rejectedRate: score => [score.rejected, score.steps],
  /** Mean steps of the episodes that were won. */
  stepsWhenWon: score => [score.won ? score.steps : 0, score.won ? 1 : 0],
  /** The benchmark's own figure, a mean over episodes. */
  reward: score => [score.reward, 1],
} satisfies Record<string, (score: EpisodeScore) => [above: number, below: number]>

export type MeasureName = keyof typeof ratios
export const measureNames = Object.keys(ratios) as MeasureName[]

/** Each measure, null where there is nothing to divide by (no errors: no recovery rate), and its 95% interval. */
export type Measures = Record<MeasureName, number | null> & {
  intervals: Record<MeasureName, [low: number, high: number] | null>
}

/** Success on one split, in [0, 1], with its 95% interval. */
export interface Success {
  success: number
  low: number
  high: number
  /** Different tasks, and episodes (more where tasks were played several times). */
  tasks: number
  episodes: number
  won: number
}

/**
 * Success with its 95% interval: Wilson's where every task was played once; the bootstrap by task where tasks repeat
 * (rounds, or several runs), since repetitions of one task are not independent. Where all episodes of a bootstrap end
 * alike, Wilson's for the number of tasks.
 *
 * @throws {RangeError} when there is no score
 * @example
 * successOf(scores) // { success: 0.4, low: 0.28, high: 0.54, tasks: 50, episodes: 50, won: 20 }
 */
export function successOf(scores: readonly EpisodeScore[]): Success {
  const won = scores.filter(score => score.won).length
  const clusters = byTask(scores)
  const { length: tasks } = clusters
  // As if each task had been played once: right where tasks do not repeat, and what is left to say where all agree.
  const plain = wilson((won * tasks) / scores.length, tasks)
  const drawn =
    tasks < scores.length &&
    bootstrap(
      clusters.map(cluster => [cluster.filter(score => score.won).length, cluster.length]),
      ([wins, episodes]) => wins! / episodes!,
    )
  const interval = drawn && drawn.low < drawn.high ? drawn : plain
  return {
    success: interval.estimate,
    low: interval.low,
    high: interval.high,
    tasks,
    episodes: scores.length,
    won,
  }
}

/**
 * All measures over the given episodes, with intervals from a bootstrap by task (see `bootstrap`).
 *
 * @example
 * const { errorRate, recoveryRate, intervals } = measure(scores)
 */
export function measure(scores: readonly EpisodeScore[]): Measures {
  const rows = byTask(scores).map(cluster => measureNames.flatMap(name => sumOf(cluster, name)))
  const found = bootstrapAll(
    rows,
    measureNames.map((_, at) => sums => sums[2 * at]! / sums[2 * at + 1]!),
  )
  const each = <T>(value: (interval: Interval) => T) =>
    Object.fromEntries(
      measureNames.map((name, at) => {
        const interval = found[at]
        return [name, interval ? value(interval) : null]
      }),
    ) as Record<MeasureName, T | null>
  return {
    ...each(interval => interval.estimate),
    intervals: each(interval => [interval.low, interval.high] as [number, number]),
  }
}

/** How many errors of each kind, most frequent first. */
export function errorKindsOf(scores: readonly EpisodeScore[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const score of scores) {
    for (const [kind, count] of Object.entries(score.errorKinds)) counts.set(kind, (counts.get(kind) ?? 0) + count)
  }
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0])))
}

/** The scores of each task together, in the order of the tasks' ids: the same whatever order they came in. */
export function byTask(scores: readonly EpisodeScore[]): EpisodeScore[][] {
  const groups = new Map<string, EpisodeScore[]>()
  for (const score of scores) {
    const group = groups.get(score.task)
    if (group) group.push(score)
    else groups.set(score.task, [score])
  }
  return [...groups].sort((a, b) => compareText(a[0], b[0])).map(([, group]) => group)
}

/** A measure's two sums over some episodes. */
export function sumOf(scores: readonly EpisodeScore[], name: MeasureName): [above: number, below: number] {
  const sums: [number, number] = [0, 0]
  for (const score of scores) {
    const [above, below] = ratios[name](score)
    sums[0] += above!
    sums[1] += below!
  }
  return sums
}

/** By UTF-16 code units: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
