/**
 * Plays trajectories again in any environment.
 * @module
 */
import type { Environment, Outcome } from '../../core/environment.ts'
import { type Trajectory, wasExecuted } from '../../core/trajectory.ts'

/** Counts, and the first difference. */
export interface ReplayCounts {
  episodes: number
  steps: number
  differences: number
  first?: ReplayDifference
}

export interface ReplayDifference {
  episode: string
  /** 0 is the opening. */
  step: number
  command: string
  what: string
  expected: unknown
  actual: unknown
}

const COMPARED = ['observation', 'reward', 'done', 'accepted'] as const

/**
 * Takes the recorded actions and compares what each brings about with what was recorded.
 *
 * @example
 * const { steps, differences, first } = await replayTrajectories(environment, readJsonl(path, trajectorySchema))
 */
export async function replayTrajectories(
  environment: Environment,
  trajectories: AsyncIterable<Trajectory>,
): Promise<ReplayCounts> {
  const counts: ReplayCounts = { episodes: 0, steps: 0, differences: 0 }
  for await (const trajectory of trajectories) {
    const episode = await environment.start(trajectory.task)
    const compare = (step: number, command: string, what: string, expected: unknown, actual: unknown) => {
      if (expected === actual) return
      counts.differences++
      counts.first ??= { episode: trajectory.id, step, command, what, expected, actual }
    }
    try {
      compare(0, '', 'opening', trajectory.opening, episode.observation)
      compare(0, '', 'instruction', trajectory.instruction, episode.instruction)
      for (const [index, step] of trajectory.steps.entries()) {
        if (!wasExecuted(step)) continue
        const outcome: Outcome = await episode.step(step.action)
        for (const what of COMPARED) compare(index + 1, step.action, what, step[what], outcome[what])
        counts.steps++
      }
      compare(trajectory.steps.length, '', 'won', trajectory.outcome === 'won', episode.won)
    } finally {
      await episode.close()
    }
    counts.episodes++
  }
  return counts
}
