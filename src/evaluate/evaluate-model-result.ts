/**
 * What an evaluation has shown.
 * @module
 */
import type { Trajectory } from '../core/trajectory.ts'
import { version } from '../core/version.ts'
import type { EvaluationSettings } from './evaluate-model-settings.ts'
import { type Measures, measure, type Success, successOf } from './measures.ts'
import { type EpisodeScore, scoreTrajectory } from './scores.ts'
import { shortenedMoves } from './spent.ts'
import { sum } from './statistics.ts'

/** `result.json`. */
export interface ModelResult {
  format: 1
  misstep: string
  settings: EvaluationSettings
  /** In what this is not the protocol that it follows. */
  differences: readonly string[]
  success: Success
  /** The benchmark's own figure: the mean over episodes, in [0, 1], with its 95% interval. */
  reward: { mean: number; low: number; high: number }
  measures: Measures
  /** By kind of task: episodes, episodes won, and the mean reward. */
  kinds: Record<string, { episodes: number; won: number; reward: number }>
  /** What the episodes have used up, whenever they were played; the cost is absent where no prices are known. */
  spent: { tokensIn: number; tokensOut: number; cost?: number }
  /** Moves whose conversation was shortened, since it did not fit the model's context. */
  shortened: number
}

/** @throws {RangeError} when there are no trajectories */
export function modelResult(
  trajectories: readonly Trajectory[],
  settings: EvaluationSettings,
  differences: readonly string[],
): ModelResult {
  const scores = trajectories.map(scoreTrajectory)
  const measures = measure(scores)
  const [low, high] = measures.intervals.reward ?? [0, 0]
  const provenances = trajectories.map(({ provenance }) => provenance)
  const costs = provenances.flatMap(({ cost }) => cost ?? [])
  return {
    format: 1,
    misstep: version,
    settings,
    differences,
    success: successOf(scores),
    reward: { mean: measures.reward ?? 0, low, high },
    measures,
    kinds: byKind(scores),
    spent: {
      tokensIn: sum(provenances.map(({ tokensIn }) => tokensIn)),
      tokensOut: sum(provenances.map(({ tokensOut }) => tokensOut)),
      ...(costs.length > 0 && { cost: sum(costs) }),
    },
    shortened: shortenedMoves(trajectories),
  }
}

function byKind(scores: readonly EpisodeScore[]): ModelResult['kinds'] {
  const names = [...new Set(scores.map(({ kind }) => kind))].sort()
  return Object.fromEntries(
    names.map(name => {
      const own = scores.filter(({ kind }) => kind === name)
      const won = own.filter(score => score.won).length
      return [name, { episodes: own.length, won, reward: sum(own.map(score => score.reward)) / own.length }]
    }),
  )
}
