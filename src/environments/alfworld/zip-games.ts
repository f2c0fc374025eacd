/**
 * Reads the benchmark's game files straight out of its zip archive; nothing is written under the names in it.
 * @module
 */
import { buffer } from 'node:stream/consumers'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { MisstepError } from '../../core/errors.ts'
import { type GameSource, TASK_KINDS } from './game.ts'
import { readGameFile } from './game-file.ts'

/** A game found in an archive or a folder: the name of its split's folder, and what it says. */
export interface ReadGame {
  original: string
  profile: '2.1.3' | '2.1.1'
  source: GameSource
  /** Files seen so far, and in all. */
  done: number
  total: number
}

/** The largest real game file has 120 kB; an entry that claims far more is not one. */
const LARGEST = 4 * 1024 * 1024

/**
 * The solvable games of the six kinds in an archive, one by one.
 *
 * @throws {MisstepError} when the file is no whole zip archive, or holds a game file that is not one
 * @example
 * for await (const { source } of readZippedGames('json_2.1.3_tw-pddl.zip')) console.log(source.id)
 */
export async function* readZippedGames(path: string): AsyncGenerator<ReadGame> {
  const zip = await openPromise(path, { autoClose: false }).catch(cause => {
    throw notWhole(path, cause)
  })
  try {
    let done = 0
    for await (const entry of entriesOf(zip, path)) {
      done++
      const id = gameIn(entry.fileName)
      if (id === undefined) continue
      const { source, version, solvable } = readGameFile(await textOf(zip, entry, path), id)
      if (!solvable) continue
      yield { original: id.split('/')[0]!, profile: version, source, done, total: zip.entryCount }
    }
  } finally {
    zip.close()
  }
}

const SHAPE = /(?:^|\/)((?:train|valid_seen|valid_unseen|valid_train)\/[\w-]+\/[\w-]+)\/game\.tw-pddl$/

/** The id of the game in an entry; `undefined` where it is none of the six kinds. */
function gameIn(name: string): string | undefined {
  const id = SHAPE.exec(name)?.[1]
  if (id === undefined || /movable|Sliced/.test(id)) return undefined
  return TASK_KINDS.some(kind => id.includes(`/${kind}-`)) ? id : undefined
}

async function* entriesOf(zip: ZipFile, path: string): AsyncGenerator<Entry> {
  const entries = zip.eachEntry()[Symbol.asyncIterator]()
  for (;;) {
    const next = await entries.next().catch(cause => {
      throw notWhole(path, cause)
    })
    if (next.done) return
    yield next.value
  }
}

async function textOf(zip: ZipFile, entry: Entry, path: string): Promise<string> {
  if (entry.uncompressedSize > LARGEST) {
    throw new MisstepError('data', 'A game file in the archive is far too large', { value: entry.fileName })
  }
  try {
    return (await buffer(await zip.openReadStreamPromise(entry))).toString('utf8')
  } catch (cause) {
    throw notWhole(path, cause)
  }
}

function notWhole(path: string, cause: unknown): MisstepError {
  const why = cause instanceof Error ? ` (${cause.message})` : ''
  return new MisstepError('data', `This is not a whole zip archive${why}`, {
    value: path,
    advice: 'Delete it and fetch it again.',
    cause,
  })
}
