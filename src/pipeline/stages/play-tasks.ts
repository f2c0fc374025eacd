/**
 * Plays tasks into a file of trajectories, and can be stopped at any moment.
 * @module
 */
import { join } from 'node:path'
import type { Task } from '../../core/environment.ts'
import { MisstepError } from '../../core/errors.ts'
import { type Trajectory, trajectorySchema } from '../../core/trajectory.ts'
import { type PlayOptions, play } from '../../play/play.ts'
import { openJsonl, readJsonlFile, writeJsonl } from '../../store/jsonl.ts'
import type { Bar } from '../screen.ts'
import type { RunContext } from '../stage.ts'

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

/** Where the trajectories lie until all of them are there, in the order in which they ended. */
export function partialOf(file: string): string {
  return file.replace(/\.jsonl$/, '.partial.jsonl')
}

/**
 * Plays each task that an earlier, interrupted run has not finished. The file is written when all are there, in the
 * order of the tasks: its bytes do not tell how often the work was interrupted.
 *
 * @returns all trajectories, in the order of the file
 */
export async function playTasks(context: RunContext, options: PlayTasksOptions): Promise<Trajectory[]> {
  const { folder, recipe, environment, progress, signal } = context
  const { title, file, tasks, rounds = 1, stepLimit, ...actors } = options
  const partial = join(folder, partialOf(file))
  const order = new Map<string, number>()
  for (let round = 1; round <= rounds; round++) for (const task of tasks) order.set(idOf(task, round), order.size)

  const lines = openJsonl(partial)
  const done = new Map<string, Trajectory>()
  let bar: Bar | undefined
  try {
    for (const trajectory of await readJsonlFile(partial, trajectorySchema)) {
      if (!order.has(trajectory.id)) throw strangerError(partial, trajectory.id)
      done.set(trajectory.id, trajectory)
    }
    bar = progress.stage(title, order.size, 'episodes', done.size)
    for (let round = 1; round <= rounds; round++) {
      const episodes = play({
        ...actors,
        environment,
        tasks: tasks.filter(task => !done.has(idOf(task, round))),
        ...(stepLimit !== undefined && { stepLimit }),
        episodesAtOnce: recipe.episodesAtOnce,
        seed: round === 1 ? recipe.seed : `${recipe.seed}/round ${round}`,
        recipe: recipe.name,
        ...(signal && { signal }),
      })
      for await (const played of episodes) {
        // As it is when it is read again, to the order of its keys.
        const trajectory = trajectorySchema.parse({ ...played, id: idOf(played.task, round) })
        lines.append(trajectory)
        done.set(trajectory.id, trajectory)
        bar.advance()
      }
    }
  } finally {
    lines.close()
    bar?.end()
  }
  const trajectories = [...order.keys()].map(id => done.get(id)!)
  writeJsonl(join(folder, file), trajectories)
  return trajectories
}

/** How many there are, how many were won, and how many steps they took. */
export function countTrajectories(trajectories: readonly Trajectory[]): Record<string, number> {
  return {
    episodes: trajectories.length,
    won: trajectories.filter(trajectory => trajectory.outcome === 'won').length,
    steps: trajectories.reduce((sum, trajectory) => sum + trajectory.steps.length, 0),
  }
}

/** The trajectories of a complete stage. */
export function readTrajectories(context: RunContext, file: string): Promise<Trajectory[]> {
  return readJsonlFile(join(context.folder, file), trajectorySchema)
}

function idOf(task: { id: string }, round: number): string {
  return round === 1 ? task.id : `${task.id}#${round}`
}

function strangerError(partial: string, id: string): MisstepError {
  return new MisstepError('store', `${partial} holds a trajectory of a task that the recipe does not have`, {
    value: id,
    advice: 'It belongs to another run: move it away, and run the same command again.',
  })
}
