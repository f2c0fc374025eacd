/**
 * Chooses games of a library and their order.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import type { TaskKind } from './game.ts'
import type { GameEntry } from './game-entry.ts'
import type { GameLibrary } from './game-library.ts'
import { numpyShuffle } from './numpy-shuffle.ts'

/**
 * - `sorted`: by id, which is the order of their sorted paths.
 * - `published`: sorted, then shuffled by numpy's generator with the benchmark's seed 1234; the order that papers report.
 */
export type Order = 'sorted' | 'published'

export interface Selection {
  /** `train`, `seen` or `unseen`; `valid_seen` and `valid_unseen` mean the same. */
  split: string
  /** Only these kinds of task. @default all six */
  kinds?: readonly TaskKind[]
  /** Only these games, in this order. */
  ids?: readonly string[]
  /** @default 'sorted' */
  order?: Order
  /** The seed of the published order. @default 1234 */
  seed?: number
  /** At most so many, after ordering. */
  limit?: number
}

/**
 * The games that fit, in order.
 *
 * @throws {MisstepError} for a split or an id that the library does not have
 * @example
 * selectGames(library, { split: 'unseen', order: 'published', limit: 10 })
 */
export function selectGames(library: GameLibrary, selection: Selection): GameEntry[] {
  const { kinds, ids, order = 'sorted', seed = 1234, limit = Number.POSITIVE_INFINITY } = selection
  const all = library.entries(selection.split)
  const fitting = kinds ? all.filter(entry => kinds.includes(entry.kind)) : [...all]
  if (ids) return ids.map(id => find(fitting, id)).slice(0, limit)
  return (order === 'published' ? numpyShuffle(fitting, seed) : fitting).slice(0, limit)
}

function find(entries: readonly GameEntry[], id: string): GameEntry {
  const entry = entries.find(candidate => candidate.id === id)
  if (!entry) throw new MisstepError('data', 'There is no such game among those selected', { value: id })
  return entry
}
