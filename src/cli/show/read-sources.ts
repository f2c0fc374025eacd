/**
 * Finds the trajectories that rows of training data were made from.
 * @module
 */
import { basename } from 'node:path'
import { type Trajectory, trajectorySchema } from '../../core/trajectory.ts'
import { readJsonl } from '../../store/jsonl.ts'

/** A trajectory, the file that it is in, and its place there, from 0. */
export interface Source {
  trajectory: Trajectory
  file: string
  index: number
}

/** Trajectories by the ids of their rows: their own, and as a run writes it, with the name of their file before it. */
export async function readSources(files: readonly string[]): Promise<Map<string, Source>> {
  const sources = new Map<string, Source>()
  for (const file of files) {
    let index = 0
    for await (const trajectory of readJsonl(file, trajectorySchema)) {
      for (const id of [trajectory.id, `${basename(file, '.jsonl')}/${trajectory.id}`]) {
        sources.set(id, { trajectory: { ...trajectory, id }, file, index })
      }
      index++
    }
  }
  return sources
}
