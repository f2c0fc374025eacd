/**
 * Plays a recording again, so that observations, rewards and the end are the environment's own.
 * @module
 */
import type { Environment, Task } from '../core/environment.ts'
import type { Step, Trajectory } from '../core/trajectory.ts'
import { version } from '../core/version.ts'
import { plainText } from './plain-text.ts'
import type { RecordedMove, Recording } from './recording.ts'

/** What came of a recording. */
export interface Replayed {
  trajectory: Trajectory
  /** Recorded observations, and those of them that the environment does not show now. */
  compared: number
  different: number
}

export interface ReplayOptions {
  environment: Environment
  /** Whose moves they are. */
  agent: string
}

/**
 * Plays the moves in each task that the recording may be of, and takes the one that shows most of what was recorded;
 * where several do, the one with the highest reward. What follows the end of the episode is passed over.
 */
export async function replayRecording(
  moves: readonly RecordedMove[],
  tasks: readonly Task[],
  options: ReplayOptions,
): Promise<Replayed> {
  let best: Replayed | undefined
  for (const task of tasks) {
    const replayed = await replay(moves, task, options)
    const isBetter =
      !best ||
      replayed.different < best.different ||
      (replayed.different === best.different && replayed.trajectory.reward > best.trajectory.reward)
    if (isBetter) best = replayed
  }
  return best!
}

async function replay(
  moves: readonly RecordedMove[],
  { id, environment, split, kind }: Task,
  options: ReplayOptions,
): Promise<Replayed> {
  const task = { id, environment, split, kind }
  const episode = await options.environment.start(task)
  const steps: Step[] = []
  let [compared, different] = [0, 0]
  try {
    const { instruction, observation: opening } = episode
    for (const { thought, action, seen } of moves) {
      if (episode.done) break
      const { observation, reward, done, accepted } = await episode.step(action)
      steps.push({ thought, action, observation, reward, done, accepted, by: 'expert' })
      if (seen === undefined) continue
      compared++
      if (plainText(seen) !== plainText(observation)) different++
    }
    const outcome = episode.won ? 'won' : episode.done ? 'lost' : 'truncated'
    const trajectory: Trajectory = {
      id,
      task,
      agent: options.agent,
      instruction,
      opening,
      steps,
      outcome,
      reward: episode.reward,
      provenance: provenanceOf(options.environment.version),
    }
    return { trajectory, compared, different }
  } finally {
    await episode.close()
  }
}

/** What stands for the environment's version in a trajectory that was taken at its word. */
export const AS_RECORDED = 'as recorded, not played again'

/** A recording taken at its word, for environments that are not at hand. */
export function asRecorded({ name, before, moves, reward = 1 }: Recording, agent: string, label: string): Trajectory {
  const last = moves.length - 1
  return {
    id: name,
    task: { id: name, environment: label, split: 'train', kind: 'recorded' },
    agent,
    // The opening holds all that the agent was told.
    instruction: '',
    opening: before,
    steps: moves.map(({ thought, action, seen = '' }, index) => ({
      thought,
      action,
      observation: seen,
      reward: index === last ? reward : 0,
      done: index === last,
      accepted: true,
      by: 'expert' as const,
    })),
    outcome: reward === 1 ? 'won' : 'lost',
    reward,
    provenance: provenanceOf(AS_RECORDED),
  }
}

const provenanceOf = (environment: string): Trajectory['provenance'] => {
  return { seed: 0, environment, misstep: version, tokensIn: 0, tokensOut: 0 }
}
