/**
 * Saves training in the middle, so that it can go on after any interruption as if there had been none.
 * @module
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { STATE_TYPES, type StateType } from '../../core/engine.ts'
import { MisstepError } from '../../core/errors.ts'
import { writeFileAtomically } from '../../store/atomic-file.ts'
import { storeError } from '../../store/store-error.ts'
import type { Moments } from './parameters.ts'

const manifestSchema = z.object({
  step: z.number().int().min(0),
  tokens: z.number().int().min(0),
  trainedTokens: z.number().int().min(0),
  /** Names what is trained and how; a state of other training is not gone on from. */
  run: z.string(),
  /** How the moments are kept, which are all numbers but the first array's. */
  states: z.enum(STATE_TYPES).default('float32'),
  bytes: z.number().int(),
  sha256: z.string(),
})

/** How far training had come. */
export type Counts = Pick<z.infer<typeof manifestSchema>, 'step' | 'tokens' | 'trainedTokens'>

/** The parameters, then the moments. */
type Arrays = readonly [Float32Array, ...Moments[]]

const typeOf = ([, moments]: Arrays): StateType => (moments instanceof Uint16Array ? 'bfloat16' : 'float32')

const nameOf = (step: number) => `step-${String(step).padStart(9, '0')}`

/**
 * Writes a state; the one before it is kept, all others are removed. A state that has its final name is whole.
 *
 * @throws {MisstepError} `store` when writing fails
 */
export async function saveState(folder: string, counts: Counts, run: string, arrays: Arrays) {
  const partial = join(folder, 'partial')
  const target = join(folder, nameOf(counts.step))
  try {
    await rm(partial, { recursive: true, force: true })
    await mkdir(partial, { recursive: true })
    const manifest = {
      ...counts,
      run,
      states: typeOf(arrays),
      ...(await writeNumbers(join(partial, 'numbers.bin'), arrays)),
    }
    writeFileAtomically(join(partial, 'manifest.json'), JSON.stringify(manifest))
    await rm(target, { recursive: true, force: true })
    await rename(partial, target)
    const names = await statesIn(folder)
    const at = names.indexOf(nameOf(counts.step))
    // Later steps than this one were left by other training: they would pass for the newest.
    const useless = [...names.slice(0, at), ...names.slice(at + 2)]
    for (const name of useless) await rm(join(folder, name), { recursive: true, force: true })
  } catch (error) {
    throw storeError('Cannot save the state of training', folder, error)
  }
}

/**
 * Reads the newest whole state into the arrays.
 *
 * @returns its counts, if there is one, and what was wrong with newer ones, in words.
 * @throws {MisstepError} `train` when it keeps its moments otherwise: to begin anew would throw away what was trained
 */
export async function loadState(
  folder: string,
  run: string,
  arrays: Arrays,
): Promise<{ counts?: Counts; problems: string[] }> {
  const problems: string[] = []
  for (const name of await statesIn(folder)) {
    try {
      const manifest = manifestSchema.parse(JSON.parse(await readFile(join(folder, name, 'manifest.json'), 'utf8')))
      if (manifest.run !== run) throw new Error('it belongs to training with other data or options')
      if (manifest.states !== typeOf(arrays)) throw otherStates(join(folder, name), manifest, typeOf(arrays))
      const numbers = join(folder, name, 'numbers.bin')
      const expected = arrays.reduce((sum, array) => sum + array.byteLength, 0)
      const digest = createHash('sha256')
      let bytes = 0
      for await (const piece of createReadStream(numbers, { highWaterMark: PIECE })) {
        digest.update(piece)
        bytes += piece.length
      }
      if (bytes !== manifest.bytes || bytes !== expected) throw new Error('its length is wrong')
      if (digest.digest('hex') !== manifest.sha256) throw new Error('its checksum is wrong')
      await readNumbers(numbers, arrays)
      const { step, tokens, trainedTokens } = manifest
      return { counts: { step, tokens, trainedTokens }, problems }
    } catch (error) {
      if (error instanceof MisstepError) throw error
      const reason = error instanceof z.ZodError ? 'its manifest is damaged' : (error as Error).message
      problems.push(`The state ${join(folder, name)} cannot be used: ${reason}`)
    }
  }
  return { problems }
}

const otherStates = (path: string, { states, step }: z.infer<typeof manifestSchema>, asked: StateType) =>
  new MisstepError(
    'train',
    `The optimiser's states of step ${step} are kept in ${states}, and this training keeps them in ${asked}`,
    { value: path, advice: `Go on with states: ${states}, or remove that folder and begin anew.` },
  )

/** Bytes that are read or written at once: the numbers of a large model are not to be in memory twice. */
const PIECE = 2 ** 24

/** The arrays' bytes, in order and in pieces. */
function* piecesOf(arrays: Arrays): Generator<Uint8Array> {
  for (const { buffer, byteOffset, byteLength } of arrays) {
    for (let at = 0; at < byteLength; at += PIECE)
      yield new Uint8Array(buffer, byteOffset + at, Math.min(PIECE, byteLength - at))
  }
}

async function writeNumbers(path: string, arrays: Arrays): Promise<{ bytes: number; sha256: string }> {
  const digest = createHash('sha256')
  let bytes = 0
  const file = await open(path, 'w')
  try {
    for (const piece of piecesOf(arrays)) {
      // A copy: the numbers lie in memory that threads share.
      const copy = Buffer.from(piece)
      digest.update(copy)
      bytes += copy.length
      await file.appendFile(copy)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { bytes, sha256: digest.digest('hex') }
}

async function readNumbers(path: string, arrays: Arrays): Promise<void> {
  const file = await open(path)
  try {
    for (const piece of piecesOf(arrays)) {
      const copy = new Uint8Array(piece.length)
      for (let at = 0; at < copy.length; ) {
        const { bytesRead } = await file.read(copy, at, copy.length - at)
        if (bytesRead === 0) throw new Error('its length is wrong')
        at += bytesRead
      }
      piece.set(copy)
    }
  } finally {
    await file.close()
  }
}

/** Names of the states in a folder, the newest first. */
async function statesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter(name => /^step-\d+$/.test(name))
    .sort()
    .reverse()
}
