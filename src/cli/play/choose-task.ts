/**
 * Finds the task that a person asks for.
 * @module
 */
import type { Environment, Task } from '../../core/environment.ts'
import { MisstepError } from '../../core/errors.ts'

export interface TaskWish {
  task?: string
  kind?: string
  split?: string
  index: number
}

/**
 * The tasks of one split, of one kind where one is named.
 *
 * @throws {MisstepError} `usage` when there is no such split or kind
 */
export async function matchingTasks(environment: Environment, { split, kind }: Omit<TaskWish, 'index'>) {
  const { name, splits } = environment
  if (split !== undefined && !splits.includes(split)) {
    throw new MisstepError('usage', `The environment ${name} has no such split`, {
      value: split,
      advice: `Its splits are ${splits.join(', ')}.`,
    })
  }
  const tasks = await environment.tasks(split ?? splits[0]!)
  const matching = kind === undefined ? tasks : tasks.filter(task => task.kind === kind)
  if (matching.length > 0) return matching
  throw new MisstepError('usage', `The environment ${name} has no such kind of task`, {
    value: kind,
    advice: `The kinds are ${[...new Set(tasks.map(task => task.kind))].join(', ')}.`,
  })
}

/** @throws {MisstepError} `usage` when there is no such task */
export async function chooseTask(environment: Environment, wish: TaskWish): Promise<Task> {
  if (wish.task === undefined) {
    const tasks = await matchingTasks(environment, wish)
    const task = tasks[wish.index]
    if (task) return task
    throw new MisstepError('usage', `There are only ${tasks.length} such tasks`, {
      value: wish.index,
      advice: `--index goes from 0 to ${tasks.length - 1}.`,
    })
  }
  for (const split of wish.split === undefined ? environment.splits : [wish.split]) {
    const task = (await matchingTasks(environment, { split })).find(({ id }) => id === wish.task)
    if (task) return task
  }
  throw new MisstepError('usage', `The environment ${environment.name} has no such task`, {
    value: wish.task,
    advice: '--list shows the tasks of a split.',
  })
}
