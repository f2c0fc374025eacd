/**
 * Brings the benchmark's games onto this machine: `misstep env add alfworld`.
 * @module
 */
import { createHash } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MisstepError } from '../../core/errors.ts'
import { writeFileAtomically } from '../../store/atomic-file.ts'
import { cacheFolder } from '../cache-folder.ts'
import { fetchFile } from '../fetch-file.ts'
import { OFFICIAL_SPLITS, type SplitDigest } from './game-digest.ts'
import { SPLITS } from './game-entry.ts'
import { MANIFEST, openStores } from './game-library.ts'
import { createPacker, type Packer } from './pack.ts'
import { type ReadGame, readZippedGames } from './zip-games.ts'

/** The archive of the benchmark's release 0.4.2: 36.5 MB, all game files of data version 2.1.3. */
const ALFWORLD_URL = 'https://github.com/alfworld/alfworld/releases/download/0.4.2/json_2.1.3_tw-pddl.zip'

export interface AddOptions {
  /** A folder or a zip archive that one has; nothing is downloaded then. */
  from?: string
  /** Where the games go. @default `alfworldFolder()` */
  folder?: string
  /** @default ALFWORLD_URL */
  url?: string
  /** What each split must hold; `false` accepts any games, such as one's own. @default the official splits */
  expected?: Readonly<Record<string, SplitDigest>> | false
  /** Told how far each stage is. */
  onProgress?: (progress: AddProgress) => void
  signal?: AbortSignal
}

export interface AddProgress {
  stage: 'download' | 'read'
  /** Bytes of the download, or files read. */
  done: number
  total: number | undefined
}

/** What was added: the folder, and the games of each split that the benchmark plays. */
export interface AddedGames {
  folder: string
  splits: Record<string, number>
}

/** Where `misstep env add alfworld` keeps the games: in `MISSTEP_CACHE`, or in `~/.cache/misstep`. */
export function alfworldFolder(): string {
  return cacheFolder('alfworld')
}

/**
 * Downloads the official games (or takes those in `from`), checks every split against the known games, and writes
 * compact packs: about 7 MB instead of the 1 GB of the unpacked files.
 *
 * @throws {MisstepError} when the download fails, or what came is not the benchmark's games; what was there before stays
 * @example
 * await addAlfworld({ from: 'Downloads/json_2.1.3_tw-pddl.zip' })
 */
export async function addAlfworld(options: AddOptions = {}): Promise<AddedGames> {
  const { folder = alfworldFolder(), onProgress, signal } = options
  const archive = join(folder, 'download.zip')
  if (options.from === undefined && !isFile(archive)) {
    await fetchFile(options.url ?? ALFWORLD_URL, archive, {
      onProgress: (done, total) => onProgress?.({ stage: 'download', done, total }),
      ...(signal && { signal }),
    })
  }
  const { profile, packs } = await packGames(options.from ?? archive, options).catch(error => {
    // Whatever is wrong with a download, keeping it would make the next try fail as well.
    if (options.from === undefined && !signal?.aborted) rmSync(archive, { force: true })
    throw error
  })
  const added: AddedGames = { folder, splits: {} }
  for (const [original, { data, split }] of packs) {
    writeFileAtomically(join(folder, `games-${original}.jsonl.gz`), data)
    added.splits[SPLITS[original as keyof typeof SPLITS]] = split.games
  }
  writeFileAtomically(join(folder, MANIFEST), `${JSON.stringify({ profile, version: versionOf(packs) })}\n`)
  rmSync(archive, { force: true })
  return added
}

type Packs = Map<string, ReturnType<Packer['finish']>>

/** `official`, or the start of a digest over all games. */
function versionOf(packs: Packs): string {
  const splits = [...packs].map(([original, { split }]) => ({ original, ...split }))
  if (splits.every(({ original, digest }) => OFFICIAL_SPLITS[original]?.digest === digest)) return 'official'
  const lines = splits.map(({ original, digest }) => `${original} ${digest}`).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)
}

/** Reads all games into one pack a split, and checks them. */
async function packGames(path: string, options: AddOptions): Promise<{ profile: '2.1.3' | '2.1.1'; packs: Packs }> {
  let dataProfile: '2.1.3' | '2.1.1' = '2.1.3'
  const packers = new Map<string, Packer>()
  const games = isFile(path) ? readZippedGames(path) : readFolder(path)
  for await (const { original, profile, source, done, total } of games) {
    if (options.signal?.aborted) throw new MisstepError('interrupted', 'Adding the games was stopped')
    if (!packers.has(original)) packers.set(original, createPacker())
    dataProfile = profile
    packers.get(original)!.add(source)
    if (done % 50 === 0) options.onProgress?.({ stage: 'read', done, total })
  }
  const packs: Packs = new Map([...packers].map(([original, packer]) => [original, packer.finish()]))
  if (packs.size === 0) {
    throw new MisstepError('data', 'There are no games in it', {
      value: path,
      advice: `The games come with ${ALFWORLD_URL}.`,
    })
  }
  const { expected = OFFICIAL_SPLITS } = options
  // A folder that one has may hold some of the splits; a download must hold all that papers report on.
  if (expected !== false)
    check(packs, expected, path, options.from === undefined ? ['train', 'valid_seen', 'valid_unseen'] : [])
  return { profile: dataProfile, packs }
}

async function* readFolder(folder: string): AsyncGenerator<ReadGame> {
  const { profile, splits } = await openStores(folder)
  const stores = [...splits].map(([split, open]) => [split, open()] as const)
  const total = stores.reduce((sum, [, { entries }]) => sum + entries.length, 0)
  let done = 0
  for (const [split, { entries, read }] of stores) {
    const original = Object.entries(SPLITS).find(([, ours]) => ours === split)![0]
    for (const { id } of entries) yield { original, profile, source: read(id)!, done: ++done, total }
  }
}

function check(
  packs: Packs,
  expected: Readonly<Record<string, SplitDigest>>,
  path: string,
  needed: readonly string[],
): void {
  for (const original of new Set([...packs.keys(), ...needed])) {
    const split = packs.get(original)?.split
    const wanted = expected[original]
    if (!wanted || wanted.digest === split?.digest) continue
    const games = split?.games ?? 0
    const counts = games === wanted.games ? 'some differ' : `${games} of ${wanted.games}`
    throw new MisstepError('data', `These are not the official games of ${original} (${counts})`, {
      value: path,
      advice: 'Fetch the archive again. To use games of your own, name their folder where games are opened.',
    })
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
