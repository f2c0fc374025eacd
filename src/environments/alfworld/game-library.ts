/**
 * Where the benchmark's games are kept, and how one is opened.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import { buildGame } from './build-game.ts'
import { readFullPack } from './full-pack.ts'
import type { Game } from './game.ts'
import { isPlayed } from './game-digest.ts'
import { type GameEntry, type GameStores, type PackedGames, SPLITS } from './game-entry.ts'
import { readGameFolder } from './game-folder.ts'
import { readPack } from './pack.ts'

export interface GameLibrary {
  /** The wording of the data. */
  readonly profile: '2.1.3' | '2.1.1'
  /** Says which games these are, for provenance: `official`, a digest, or `unverified`. */
  readonly version: string
  readonly splits: readonly string[]
  /** The games of a split that the benchmark plays, sorted by id. `valid_seen` means `seen`, `valid_unseen` means `unseen`. */
  entries(split: string): readonly GameEntry[]
  /** Whether there is such a game, be it one that the benchmark leaves out. */
  has(id: string): boolean
  /** Opens a game. The same game is kept once however many episodes play it. */
  load(id: string): Game
}

/** Written beside the packs once all are there. */
export const MANIFEST = 'games.json'
const manifestSchema = z.object({ profile: z.enum(['2.1.3', '2.1.1']), version: z.string() })

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
export async function openStores(folder: string): Promise<GameStores> {
  const files = await readdir(folder).catch(cause => {
    throw new MisstepError('data', 'There is no folder of games', { value: folder, advice: ADVICE, cause })
  })
  for (const ending of ['.jsonl.gz', '.full.jsonl.gz']) {
    const read = ending === '.jsonl.gz' ? readPack : readFullPack
    const splits = new Map<string, () => PackedGames>()
    for (const [original, split] of Object.entries(SPLITS)) {
      const name = `games-${original}${ending}`
      if (files.includes(name)) splits.set(split, () => read(readFileSync(join(folder, name)), split, name))
    }
    if (splits.size > 0) return { ...readManifest(join(folder, MANIFEST)), splits }
  }
  for (const name of ['', 'json_2.1.3', 'json_2.1.2', 'json_2.1.1']) {
    const inner = join(folder, name)
    if (await hasSplit(inner)) return { ...(await readGameFolder(inner)), version: 'unverified' }
  }
  throw new MisstepError('data', 'There are no games in this folder', { value: folder, advice: ADVICE })
}

const ADVICE =
  'Run "misstep env add alfworld", or name the folder that the benchmark was unpacked into (it holds json_2.1.1).'

function readManifest(path: string): Omit<GameStores, 'splits'> {
  if (!existsSync(path)) return { profile: '2.1.3', version: 'unverified' }
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new MisstepError('data', 'The manifest of the games is damaged', { value: path, advice: ADVICE, cause })
  }
}

/** A library over games that are read one by one. */
function createLibrary({ profile, version, splits }: GameStores): GameLibrary {
  const opened = new Map<string, PackedGames>()
  const played = new Map<string, GameEntry[]>()
  const cache = new Map<string, WeakRef<Game>>()
  const open = (split: string): PackedGames | undefined => {
    let store = opened.get(split)
    if (!store) {
      store = splits.get(split)?.()
      if (store) opened.set(split, store)
    }
    return store
  }
  const storeOf = (id: string) => open(oursOf(id.slice(0, Math.max(id.indexOf('/'), 0))))
  return {
    profile,
    version,
    splits: [...splits.keys()],
    entries(name) {
      const split = oursOf(name)
      let entries = played.get(split)
      if (!entries) {
        const store = open(split)
        if (!store) {
          throw new MisstepError('data', 'The games have no such split', {
            value: name,
            advice: `There are: ${[...splits.keys()].join(', ')}.`,
          })
        }
        entries = store.entries.filter(({ id }) => isPlayed(id)).sort((a, b) => (a.id < b.id ? -1 : 1))
        played.set(split, entries)
      }
      return entries
    },
    has: id => storeOf(id)?.has(id) ?? false,
    load(id) {
      const known = cache.get(id)?.deref()
      if (known) return known
      const source = storeOf(id)?.read(id)
      if (!source) throw new MisstepError('data', 'There is no such game', { value: id })
      const game = buildGame(source)
      cache.set(id, new WeakRef(game))
      return game
    },
  }
}

const oursOf = (name: string): string => (Object.hasOwn(SPLITS, name) ? SPLITS[name as keyof typeof SPLITS] : name)

const hasSplit = (folder: string) =>
  readdir(folder).then(
    names => names.some(name => Object.hasOwn(SPLITS, name)),
    () => false,
  )
