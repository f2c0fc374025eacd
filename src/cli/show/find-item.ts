/**
 * Finds one trajectory or example in a file.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import { type Example, exampleSchema } from '../../core/example.ts'
import { type Trajectory, trajectorySchema } from '../../core/trajectory.ts'
import { readJsonl } from '../../store/jsonl.ts'

export type Item = { trajectory: Trajectory } | { example: Example }

/**
 * The item with the given id, or at the given place, and how many there are.
 *
 * @throws {MisstepError} `usage` when there is no such item; `data` when the file is damaged or empty
 */
export async function findItem(
  path: string,
  wish: { index?: number; id?: string },
): Promise<{ item: Item; index: number; count: number }> {
  const holdsExamples = await isExampleFile(path)
  let found: { item: Item; index: number } | undefined
  let count = 0
  const look = (id: string, item: Item) => {
    if (wish.id === undefined ? count === (wish.index ?? 0) : id === wish.id) found ??= { item, index: count }
    count++
  }
  if (holdsExamples) for await (const example of readJsonl(path, exampleSchema)) look(example.id, { example })
  else for await (const trajectory of readJsonl(path, trajectorySchema)) look(trajectory.id, { trajectory })
  if (found) return { ...found, count }
  throw new MisstepError('usage', `There is no such item among the ${count} of ${path}`, {
    value: wish.id ?? wish.index,
    advice: `--index goes from 0 to ${count - 1}.`,
  })
}

/** Whether a file holds rows of training data, by its first line. */
async function isExampleFile(path: string): Promise<boolean> {
  for await (const first of readJsonl(path, z.looseObject({}))) return 'input_ids' in first
  throw new MisstepError('data', 'The file is empty', { value: path })
}
