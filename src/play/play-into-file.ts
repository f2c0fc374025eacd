/**
 * Plays tasks into a file of trajectories, and can be stopped at any moment.
 * @module
 */
import { rmSync } from 'node:fs'
import { MisstepError } from '../core/errors.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import { openJsonl, readJsonlFile, writeJsonl } from '../store/jsonl.ts'
import { EpisodesFailed, type FailedEpisode } from './episodes-failed.ts'
import { type PlayOptions, play } from './play.ts'

export interface PlayIntoFileOptions extends PlayOptions {
  /** A path that ends in `.jsonl`. */
  file: string
  /** How often each task is played; from the second round on the trajectories are called `<task>#2`. Default: 1. */
  rounds?: number
  /** Told how many episodes there will be, and how many of them were there before. */
  onStart?: (episodes: number, already: number) => void
  /** Told of each episode that has ended. */
  onEpisode?: (trajectory: Trajectory) => void
}

/** Where the trajectories lie until all of them are there, in the order in which they ended. */
export function partialOf(file: string): string {
  return file.replace(/\.jsonl$/, '.partial.jsonl')
}

/**
 * Plays each task that an earlier, interrupted call has not finished. The file is written when all are there, in the
 * order of the tasks: its bytes do not tell how often the work was interrupted. Whoever calls removes the partial file.
 *
 * @returns all trajectories, in the order of the file
 * @throws {MisstepError} `store` when the partial file holds a trajectory of another task; `environment` when the world
 * broke in some episodes, once all others are in the partial file
 * @example
 * const trajectories = await playIntoFile({ environment, tasks, agent, file: 'golden.jsonl' })
 */
export async function playIntoFile(options: PlayIntoFileOptions): Promise<Trajectory[]> {
  const { file, tasks, rounds = 1, seed = 0, onStart, onEpisode, ...rest } = options
  const partial = partialOf(file)
  const order = new Map<string, number>()
  for (let round = 1; round <= rounds; round++) for (const task of tasks) order.set(idOf(task, round), order.size)

  const lines = openJsonl(partial)
  const done = new Map<string, Trajectory>()
  const failed: FailedEpisode[] = []
  try {
    for (const trajectory of await readJsonlFile(partial, trajectorySchema)) {
      if (!order.has(trajectory.id)) throw strangerError(partial, trajectory.id)
      done.set(trajectory.id, trajectory)
    }
    onStart?.(order.size, done.size)
    for (let round = 1; round <= rounds; round++) {
      const episodes = play({
        ...rest,
        tasks: tasks.filter(task => !done.has(idOf(task, round))),
        seed: round === 1 ? seed : `${seed}/round ${round}`,
      })
      try {
        for await (const played of episodes) {
          // As it is when it is read again, to the order of its keys.
          const trajectory = trajectorySchema.parse({ ...played, id: idOf(played.task, round) })
          lines.append(trajectory)
          done.set(trajectory.id, trajectory)
          onEpisode?.(trajectory)
        }
      } catch (error) {
        if (!(error instanceof EpisodesFailed)) throw error
        failed.push(...error.failed.map(episode => ({ ...episode, id: idOf(episode, round) })))
        if (error.unbegun > 0) break
      }
    }
  } finally {
    lines.close()
  }
  if (failed.length > 0) throw new EpisodesFailed(failed, done.size, order.size)
  const trajectories = [...order.keys()].map(id => done.get(id)!)
  writeJsonl(file, trajectories)
  return trajectories
}

/** Removes what an unfinished call has left, once the file is whole. */
export function removePartial(file: string): void {
  rmSync(partialOf(file), { force: true })
}

function idOf(task: { id: string }, round: number): string {
  return round === 1 ? task.id : `${task.id}#${round}`
}

function strangerError(partial: string, id: string): MisstepError {
  return new MisstepError('store', `${partial} holds a trajectory of a task that is not to be played`, {
    value: id,
    advice: 'It belongs to another run: move it away, and run the same command again.',
  })
}
