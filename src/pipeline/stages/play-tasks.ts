/**
 * Plays tasks into a file of trajectories, and can be stopped at any moment.
 * @module
 */
import { join } from 'node:path'
import type { Task } from '../../core/environment.ts'
import type { Trajectory } from '../../core/trajectory.ts'
import type { PlayOptions } from '../../play/play.ts'
import { playIntoFile } from '../../play/play-into-file.ts'
import type { Bar } from '../screen.ts'
import type { RunContext } from '../stage.ts'

export { partialOf } from '../../play/play-into-file.ts'

type PlayedBy = Pick<PlayOptions, 'agent' | 'by' | 'teacher' | 'corrects' | 'when' | 'place' | 'stepLimit'>

export interface PlayTasksOptions extends PlayedBy {
  /** For the progress, such as `base explores`. */
  title: string
  /** Such as `trajectories/golden.jsonl`. */
  file: string
  tasks: readonly Task[]
  /** How often each task is played; from the second round on the trajectories are called `<task>#2`. Default: 1. */
  rounds?: number
}

/**
 * Plays each task that an earlier, interrupted run has not finished; see `playIntoFile`.
 *
 * @returns all trajectories, in the order of the file
 */
export async function playTasks(context: RunContext, options: PlayTasksOptions): Promise<Trajectory[]> {
  const { folder, recipe, environment, progress, signal } = context
  const { title, file, stepLimit, ...rest } = options
  let bar: Bar | undefined
  try {
    return await playIntoFile({
      ...rest,
      file: join(folder, file),
      environment,
      ...(stepLimit !== undefined && { stepLimit }),
      episodesAtOnce: recipe.episodesAtOnce,
      seed: recipe.seed,
      recipe: recipe.name,
      onStart: (episodes, already) => {
        bar = progress.stage(title, episodes, 'episodes', already)
      },
      onEpisode: () => bar?.advance(),
      ...(signal && { signal }),
    })
  } finally {
    bar?.end()
  }
}

/** How many there are, how many were won, and how many steps they took. */
export function countTrajectories(trajectories: readonly Trajectory[]): Record<string, number> {
  return {
    episodes: trajectories.length,
    won: trajectories.filter(trajectory => trajectory.outcome === 'won').length,
    steps: trajectories.reduce((sum, trajectory) => sum + trajectory.steps.length, 0),
  }
}
