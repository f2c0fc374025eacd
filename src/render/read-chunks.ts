/**
 * Reads files in pieces of whole lines.
 * @module
 */
import { createReadStream } from 'node:fs'
import { storeError } from '../store/store-error.ts'

const BYTES = 1 << 18
const LINE_BREAK = 10

/** Some whole lines of a file. */
export interface Chunk {
  file: string
  bytes: Uint8Array
}

/**
 * The files' lines, some hundred kilobytes at a time; the last line of a file may lack its end.
 *
 * @throws {MisstepError} `store` when a file cannot be read
 */
export async function* readChunks(files: readonly string[]): AsyncGenerator<Chunk, void, undefined> {
  for (const file of files) {
    let pending: Buffer[] = []
    try {
      for await (const data of createReadStream(file, { highWaterMark: BYTES })) {
        const bytes = data as Buffer
        const end = bytes.lastIndexOf(LINE_BREAK) + 1
        if (end > 0) {
          yield { file, bytes: Uint8Array.from(Buffer.concat([...pending, bytes.subarray(0, end)])) }
          pending = []
        }
        if (end < bytes.length) pending.push(bytes.subarray(end))
      }
    } catch (error) {
      throw storeError('Cannot read the file', file, error)
    }
    if (pending.length > 0) yield { file, bytes: Uint8Array.from(Buffer.concat(pending)) }
  }
}
