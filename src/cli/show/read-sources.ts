/**
 * Finds the trajectories that rows of training data were made from.
 * @module
 */
import { basename } from 'node:path'
import { type Trajectory, trajectorySchema } from '../../core/trajectory.ts'
import { type LinePlace, readJsonlAt, readJsonlLines } from '../../store/jsonl.ts'
import { expectKind } from '../kind-of-file.ts'
import type { PromptOf } from '../prompt-of.ts'

/** A trajectory, the file that it is in, and its place there, from 0. */
export interface Source {
  trajectory: Trajectory
  file: string
  index: number
}

/** Trajectories by the ids of their rows. */
export interface Sources {
  has(id: string): boolean
  get(id: string): Source | undefined
  /** What stood before it. */
  prompt(id: string): string
}

/**
 * Looks where the trajectories are: each is read again when it is asked for, so that only their ids are in memory. An id is
 * that of the trajectory, or as a run writes it, with the name of the file before it.
 *
 * @param promptOf default: nothing stood before them
 */
export async function readSources(files: readonly string[], promptOf?: PromptOf): Promise<Sources> {
  const places = new Map<string, { file: string; index: number; place: LinePlace; prompt: string }>()
  for (const file of files) {
    await expectKind(file, ['trajectories'], '--trajectories')
    let index = 0
    for await (const { item, place } of readJsonlLines(file, trajectorySchema)) {
      const found = { file, index, place, prompt: (await promptOf?.(item)) ?? '' }
      places.set(item.id, found)
      places.set(`${basename(file, '.jsonl')}/${item.id}`, found)
      index++
    }
  }
  return {
    has: id => places.has(id),
    prompt: id => places.get(id)?.prompt ?? '',
    get(id) {
      const found = places.get(id)
      if (!found) return undefined
      const { file, index, place } = found
      return { trajectory: { ...readJsonlAt(file, place, trajectorySchema), id }, file, index }
    },
  }
}
