/**
 * Where the benchmark's games are kept, and how one is opened.
 * @module
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MisstepError } from '../../core/errors.ts'
import { buildGame } from './build-game.ts'
import { type PackedGames, readFullPack } from './full-pack.ts'
import type { Game, TaskKind } from './game.ts'
import { isPlayed, OFFICIAL_SPLITS } from './game-digest.ts'
import { readGameFolder } from './game-folder.ts'
import { readPack } from './pack.ts'

/** What is known of a game without opening it. */
export interface GameEntry {
  /** `<original split>/<task folder>/<trial folder>`. */
  id: string
  split: string
  kind: TaskKind
}

export interface GameLibrary {
  /** The wording of the data. */
  readonly profile: '2.1.3' | '2.1.1'
  /** Says which games these are, for provenance: `official`, `unverified` or a digest. */
  readonly version: string
  readonly splits: readonly string[]
  /** The games of a split that the benchmark plays, sorted by id. `valid_seen` means `seen`, `valid_unseen` means `unseen`. */
  entries(split: string): readonly GameEntry[]
  /** Opens a game. The same game is kept once however many episodes play it. */
  load(id: string): Game
  /** All ids, those included that the benchmark leaves out. */
  readonly ids: readonly string[]
}

/** Our names of the splits, by the names of the benchmark's folders. */
export const SPLITS = {
  train: 'train',
  valid_seen: 'seen',
  valid_unseen: 'unseen',
  valid_train: 'train-extra',
} as const

/**
 * Opens the games in a folder: compact packs (`games-<split>.jsonl.gz`), full packs (`games-<split>.full.jsonl.gz`)
 * or the benchmark's own files (`json_2.1.1/<split>/<task>/<trial>/game.tw-pddl`), the first of these that is there.
 *
 * @throws {MisstepError} when there are none, or a pack is damaged
 * @example
 * const library = await openGameLibrary('data/alfworld')
 * library.load(library.entries('unseen')[0].id).sentence
 */
export async function openGameLibrary(folder: string): Promise<GameLibrary> {
  return createLibrary(await openStores(folder))
}

/** The games in a folder by split, as `openGameLibrary` finds them. */
export async function openStores(folder: string): Promise<Map<string, PackedGames>> {
  const files = await readdir(folder).catch(cause => {
    throw new MisstepError('data', 'There is no folder of games', { value: folder, advice: ADVICE, cause })
  })
  for (const ending of ['.jsonl.gz', '.full.jsonl.gz']) {
    const stores = new Map<string, PackedGames>()
    for (const [original, split] of Object.entries(SPLITS)) {
      const name = `games-${original}${ending}`
      if (!files.includes(name)) continue
      const read = ending === '.jsonl.gz' ? readPack : readFullPack
      stores.set(split, read(await readFile(join(folder, name)), split, name))
    }
    if (stores.size > 0) return stores
  }
  for (const name of ['', 'json_2.1.3', 'json_2.1.2', 'json_2.1.1']) {
    const inner = join(folder, name)
    if (await hasSplit(inner)) return readGameFolder(inner)
  }
  throw new MisstepError('data', 'There are no games in this folder', { value: folder, advice: ADVICE })
}

const ADVICE =
  'Run "misstep env add alfworld", or name the folder that the benchmark was unpacked into (it holds json_2.1.1).'

/** A library over games that are read one by one. */
export function createLibrary(stores: ReadonlyMap<string, PackedGames>): GameLibrary {
  const cache = new Map<string, WeakRef<Game>>()
  const played = new Map<string, GameEntry[]>()
  const owner = new Map<string, PackedGames>()
  for (const [split, store] of stores) {
    for (const entry of store.entries) owner.set(entry.id, store)
    const entries = store.entries.filter(({ id }) => isPlayed(id))
    played.set(
      split,
      entries.sort((a, b) => (a.id < b.id ? -1 : 1)),
    )
  }
  return {
    profile: [...stores.values()][0]?.profile ?? '2.1.3',
    version: versionOf(stores),
    splits: [...stores.keys()],
    ids: [...owner.keys()],
    entries(split) {
      const entries = played.get(SPLITS[split as keyof typeof SPLITS] ?? split)
      if (entries) return entries
      throw new MisstepError('data', 'The games have no such split', {
        value: split,
        advice: `There are: ${[...stores.keys()].join(', ')}.`,
      })
    },
    load(id) {
      const known = cache.get(id)?.deref()
      if (known) return known
      const source = owner.get(id)?.read(id)
      if (!source) throw new MisstepError('data', 'There is no such game', { value: id })
      const game = buildGame(source)
      cache.set(id, new WeakRef(game))
      return game
    },
  }
}

/** `official`, or the start of a digest over all splits; `unverified` where that would take opening every game. */
function versionOf(stores: ReadonlyMap<string, PackedGames>): string {
  const official = new Set(Object.values(OFFICIAL_SPLITS).map(({ digest }) => digest))
  const digests = [...stores.values()].map(store => store.digest)
  if (digests.includes(undefined)) return 'unverified'
  if (digests.every(digest => official.has(digest!))) return 'official'
  return createHash('sha256').update(digests.join()).digest('hex').slice(0, 12)
}

const hasSplit = (folder: string) =>
  readdir(folder).then(
    names => names.some(name => Object.hasOwn(SPLITS, name)),
    () => false,
  )
