/**
 * Files with one JSON object a line, that survive being killed in the middle of a write.
 * @module
 */
import {
  closeSync,
  createReadStream,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { type ZodType, z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { writeFileAtomically } from './atomic-file.ts'
import { readBytes } from './read-bytes.ts'
import { storeError } from './store-error.ts'

/** An open file that only grows. */
export interface JsonlFile {
  /** Bytes of a torn last line that were cut off on opening; 0 when the file was whole. */
  readonly cut: number
  /** Adds whole lines in one write. When it fails, the file is as it was before. */
  append(...items: unknown[]): void
  close(): void
}

/**
 * Opens a file to append to; makes it and its folders when missing. A last line without its end, as a killed process
 * leaves it, is cut off.
 *
 * @throws {MisstepError} `store` when it cannot be opened or, on `append`, written
 * @example
 * const file = openJsonl('runs/mine/log.jsonl')
 * file.append({ stage: 'explore', episodes: 300 })
 * file.close()
 */
export function openJsonl(path: string): JsonlFile {
  const failed = (error: unknown) => storeError('Cannot write the file', path, error)
  let file: number
  let size: number
  let cut: number
  try {
    mkdirSync(dirname(path), { recursive: true })
    file = openSync(path, 'a+')
    const found = fstatSync(file).size
    size = endOfLastLine(file, found)
    cut = found - size
    if (cut > 0) ftruncateSync(file, size)
  } catch (error) {
    throw failed(error)
  }
  return {
    cut,
    append: (...items) => {
      const bytes = Buffer.from(items.map(item => `${JSON.stringify(item)}\n`).join(''))
      try {
        // A disk that fills up in the middle takes a part of the write without an error; the rest then fails.
        for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
        size += bytes.length
      } catch (error) {
        try {
          ftruncateSync(file, size)
        } catch {
          // Opening the file again cuts the torn line off.
        }
        throw failed(error)
      }
    },
    close: () => closeSync(file),
  }
}

/** A longer line is no line of ours: better an error than a process that runs out of memory. */
const LONGEST_LINE = 1 << 28
const LINE_BREAK = 10

/** Writes a whole file at once: complete or not at all. */
export function writeJsonl(path: string, items: Iterable<unknown>): void {
  const lines: string[] = []
  for (const item of items) lines.push(`${JSON.stringify(item)}\n`)
  writeFileAtomically(path, lines.join(''))
}

/**
 * Reads a file line by line, checking each against a schema; empty lines are passed over.
 *
 * @throws {MisstepError} `data` with file and line number when a line is not JSON or not what the schema wants; `store`
 * when the file cannot be read
 * @example
 * for await (const trajectory of readJsonl('golden.jsonl', trajectorySchema)) console.log(trajectory.id)
 */
export async function* readJsonl<T>(path: string, schema: ZodType<T>): AsyncGenerator<T> {
  for await (const { item } of readJsonlLines(path, schema)) yield item
}

/** Where a line is in its file, in bytes. */
export interface LinePlace {
  from: number
  bytes: number
}

/** The same as `readJsonl`, with the place of each line, for `readJsonlAt`. */
export async function* readJsonlLines<T>(
  path: string,
  schema: ZodType<T>,
): AsyncGenerator<{ item: T; place: LinePlace }> {
  let number = 0
  for await (const { text, ended, place } of readLines(path)) {
    number++
    if (text.trim() !== '') yield { item: parseLine(text, schema, `${path}:${number}`, ended), place }
  }
}

/**
 * Reads one line again: of a file that is too large to be held in memory.
 *
 * @throws {MisstepError} as `readJsonl`
 * @example
 * for await (const { item, place } of readJsonlLines(file, trajectorySchema)) places.set(item.id, place)
 * const trajectory = readJsonlAt(file, places.get('pick-7')!, trajectorySchema)
 */
export function readJsonlAt<T>(path: string, { from, bytes }: LinePlace, schema: ZodType<T>): T {
  return parseLine(readBytes(path, from, bytes).toString(), schema, `${path} at byte ${from}`, true)
}

/** All of a file's lines; see `readJsonl`. */
export async function readJsonlFile<T>(path: string, schema: ZodType<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of readJsonl(path, schema)) items.push(item)
  return items
}

function parseLine<T>(text: string, schema: ZodType<T>, place: string, ended: boolean): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const what = ended ? `${place} is not JSON` : `${place} is cut off in the middle of the line`
    throw new MisstepError('data', what, { value: text, advice: 'The file is damaged there.', cause })
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new MisstepError('data', `${place} is not what it should be`, { value, advice: z.prettifyError(result.error) })
}

async function* readLines(path: string): AsyncGenerator<{ text: string; ended: boolean; place: LinePlace }> {
  // Pieces of a line that spans several chunks are joined once, at its end.
  let pieces: Buffer[] = []
  let bytes = 0
  let from = 0
  const line = (ended: boolean) => ({ text: Buffer.concat(pieces).toString(), ended, place: { from, bytes } })
  try {
    for await (const data of createReadStream(path, { highWaterMark: 1 << 18 })) {
      const chunk = data as Buffer
      let start = 0
      for (let end = chunk.indexOf(LINE_BREAK); end >= 0; end = chunk.indexOf(LINE_BREAK, start)) {
        pieces.push(chunk.subarray(start, end))
        bytes += end - start
        yield line(true)
        from += bytes + 1
        pieces = []
        bytes = 0
        start = end + 1
      }
      pieces.push(chunk.subarray(start))
      bytes += chunk.length - start
      if (bytes > LONGEST_LINE) {
        const advice = 'It is no file of this format.'
        throw new MisstepError('data', 'A line is longer than any can be', { value: path, advice })
      }
    }
  } catch (error) {
    throw storeError('Cannot read the file', path, error)
  }
  if (bytes > 0) yield line(false)
}

/** One past the last line break, looking backwards from the end. */
function endOfLastLine(file: number, size: number): number {
  const chunk = Buffer.alloc(1 << 16)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length)
    const length = readSync(file, chunk, 0, end - start, start)
    const at = chunk.subarray(0, length).lastIndexOf(LINE_BREAK)
    if (at >= 0) return start + at + 1
    end = start
  }
  return 0
}
