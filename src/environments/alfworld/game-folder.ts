/**
 * Lists and reads the benchmark's own game files as its download lays them out.
 * @module
 */
import { readFileSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { MisstepError } from '../../core/errors.ts'
import { type GameSource, TASK_KINDS } from './game.ts'
import { type GameEntry, type GameStores, type PackedGames, SPLITS } from './game-entry.ts'
import { readGameFile } from './game-file.ts'

/**
 * The games under `<folder>/<split>/<task>/<trial>/game.tw-pddl` that are solvable and of one of the six kinds, by split.
 *
 * @throws {MisstepError} when there are none
 */
export async function readGameFolder(folder: string): Promise<Omit<GameStores, 'version'>> {
  const splits = new Map<string, () => PackedGames>()
  let first: string | undefined
  for (const [original, split] of Object.entries(SPLITS)) {
    const entries = await listSplit(folder, original, split)
    if (entries.length === 0) continue
    first ??= entries[0]!.id
    const ids = new Set(entries.map(({ id }) => id))
    const has = (id: string) => ids.has(id)
    splits.set(split, () => ({ entries, has, read: id => (has(id) ? readSource(folder, id) : undefined) }))
  }
  if (first === undefined) {
    throw new MisstepError('data', 'There are no playable games in this folder', {
      value: folder,
      advice: 'It needs <split>/<task>/<trial>/game.tw-pddl files that the planner could solve.',
    })
  }
  return { profile: readGameFile(readText(folder, first), first).version, splits }
}

async function listSplit(folder: string, original: string, split: string): Promise<GameEntry[]> {
  const entries: GameEntry[] = []
  for (const task of await foldersIn(join(folder, original))) {
    const kind = TASK_KINDS.find(candidate => task.startsWith(`${candidate}-`))
    if (!kind || /movable|Sliced/.test(task)) continue
    for (const trial of await foldersIn(join(folder, original, task))) {
      const id = `${original}/${task}/${trial}`
      if (await isSolvable(join(folder, id, 'game.tw-pddl'))) entries.push({ id, split, kind })
    }
  }
  return entries
}

async function foldersIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return found.filter(entry => entry.isDirectory() || entry.isSymbolicLink()).map(entry => entry.name)
}

const TAIL = 16_384

/** Reads only the end of the file, where `solvable` and the plan are, because there are thousands of files. */
async function isSolvable(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined)
  if (!file) return false
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.min(size, TAIL))
    await file.read(bytes, 0, bytes.length, size - bytes.length)
    const found = /"solvable": ?(true|false)/.exec(bytes.toString('latin1'))
    if (found) return found[1] === 'true'
  } finally {
    await file.close()
  }
  return /"solvable": ?true/.test(readFileSync(path, 'latin1'))
}

function readText(folder: string, id: string): string {
  const path = join(folder, id, 'game.tw-pddl')
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new MisstepError('data', 'A game file cannot be read', { value: path, cause })
  }
}

const readSource = (folder: string, id: string): GameSource => readGameFile(readText(folder, id), id).source
