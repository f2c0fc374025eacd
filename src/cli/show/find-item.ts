/**
 * Finds one trajectory or example in a file.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import type { Example } from '../../core/example.ts'
import { type Trajectory, trajectorySchema } from '../../core/trajectory.ts'
import { completeRow, rowSchema } from '../../render/index.ts'
import { readJsonl } from '../../store/jsonl.ts'
import { expectKind } from '../kind-of-file.ts'

/** `marked` is false where a row says nothing of its spans, so that they are guessed. */
export type Item = { trajectory: Trajectory } | { example: Example; marked: boolean }

/**
 * The item with the given id, or at the given place, and how many there are.
 *
 * @throws {MisstepError} `usage` when there is no such item; `data` when the file is damaged or empty
 */
export async function findItem(
  path: string,
  wish: { index?: number; id?: string },
): Promise<{ item: Item; index: number; count: number }> {
  let found: { item: Item; index: number } | undefined
  let count = 0
  for await (const item of readItems(path)) {
    const { id } = 'example' in item ? item.example : item.trajectory
    if (wish.id === undefined ? count === (wish.index ?? 0) : id === wish.id) found ??= { item, index: count }
    count++
  }
  if (found) return { ...found, count }
  throw new MisstepError('usage', `There is no such item among the ${count} of ${path}`, {
    value: wish.id ?? wish.index,
    advice: `--index goes from 0 to ${count - 1}.`,
  })
}

/**
 * All items of a file, in order.
 *
 * @throws {MisstepError} `data` when the file is damaged or empty
 */
export async function* readItems(path: string): AsyncGenerator<Item, void, undefined> {
  let number = 0
  const kind = await expectKind(path, ['trajectories', 'tokens'], 'show')
  if (kind === undefined) throw new MisstepError('data', 'The file is empty', { value: path })
  if (kind === 'tokens') {
    for await (const row of readJsonl(path, rowSchema)) {
      yield { example: completeRow(row, number++), marked: row.spans !== undefined }
    }
  } else for await (const trajectory of readJsonl(path, trajectorySchema)) yield { trajectory }
}
