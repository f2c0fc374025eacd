/**
 * What is known of games that are not opened, and where they are kept.
 * @module
 */
import type { GameSource, TaskKind } from './game.ts'

/** What is known of a game without opening it. */
export interface GameEntry {
  /** `<original split>/<task folder>/<trial folder>`. */
  id: string
  split: string
  kind: TaskKind
}

/** The games of one split, each parsed when asked for. */
export interface PackedGames {
  entries: GameEntry[]
  has(id: string): boolean
  read(id: string): GameSource | undefined
}

/** Our names of the splits, by the names of the benchmark's folders, with which ids begin. */
export const SPLITS = {
  train: 'train',
  valid_seen: 'seen',
  valid_unseen: 'unseen',
  valid_train: 'train-extra',
} as const

/** The games of a folder; a split is read when it is first asked for. */
export interface GameStores {
  profile: '2.1.3' | '2.1.1'
  version: string
  splits: ReadonlyMap<string, () => PackedGames>
}
