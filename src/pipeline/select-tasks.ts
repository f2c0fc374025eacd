/**
 * Picks the tasks that a recipe names.
 * @module
 */
import type { Environment, Task } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { createRandom } from '../core/random.ts'
import type { ResolvedRecipe } from './recipe.ts'

export type TaskSet = keyof ResolvedRecipe['tasks']
export type SelectedTasks = Partial<Record<TaskSet, Task[]>>

/**
 * The tasks of each set of a recipe.
 *
 * @param placeOf where a key of the recipe stands, for errors
 * @throws {MisstepError} `usage` when the environment has no such split or too few tasks in it
 */
export async function selectTasks(
  environment: Environment,
  wanted: ResolvedRecipe['tasks'],
  placeOf: (...keys: string[]) => string,
): Promise<SelectedTasks> {
  const selected: SelectedTasks = {}
  for (const [set, range] of Object.entries(wanted) as [TaskSet, ResolvedRecipe['tasks'][TaskSet]][]) {
    if (!range) continue
    if (!environment.splits.includes(range.split)) {
      const what = `${placeOf('tasks', set, 'split')}: tasks.${set}.split: ${environment.name} has no such split`
      throw new MisstepError('usage', what, {
        value: range.split,
        advice: `Its splits are ${environment.splits.join(', ')}.`,
      })
    }
    const inOrder = await environment.tasks(range.split)
    const all = range.shuffle === undefined ? inOrder : createRandom('tasks', range.shuffle).shuffle(inOrder)
    selected[set] = all.slice(range.from, range.from + range.count)
    if (selected[set].length < range.count) {
      const what = `${placeOf('tasks', set, 'count')}: tasks.${set} asks for more tasks than there are`
      throw new MisstepError('usage', what, {
        value: range,
        advice: `The split ${range.split} of ${environment.name} has ${all.length} tasks: from + count may be that at most.`,
      })
    }
  }
  return selected
}
