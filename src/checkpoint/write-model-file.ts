/**
 * Writes a model as one file that is there complete or not at all.
 * @module
 */
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { MisstepError } from '../core/errors.ts'

/**
 * Writes piece after piece to `<to>.partial`, which is flushed to the disk and gets its name at the end; a model is too
 * large to be held as a whole. A folder that is missing is made.
 *
 * @param pieces a `MisstepError` of theirs is thrown on
 * @throws {MisstepError} `store` when writing fails; the old file stays
 * @example
 * await writeModelFile('student.gguf', pieces())
 */
export async function writeModelFile(
  to: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const partial = `${resolve(to)}.partial`
  try {
    await mkdir(dirname(partial), { recursive: true })
    const handle = await open(partial, 'w')
    try {
      for await (const piece of pieces) await handle.writeFile(piece)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(partial, resolve(to))
  } catch (cause) {
    await rm(partial, { force: true })
    if (cause instanceof MisstepError) throw cause
    throw new MisstepError('store', `The model could not be written to ${to}`, {
      cause,
      value: (cause as Error).message,
      advice: 'Make room on the disk or choose a place that can be written to, then run the same command again.',
    })
  }
}
