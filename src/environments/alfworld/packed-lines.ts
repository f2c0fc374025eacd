/**
 * Lines of a gzipped JSONL file, kept as bytes and turned into text one by one.
 * @module
 */
import { gunzipSync } from 'node:zlib'
import type { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'

export interface PackedLines {
  /** Start and end of each line that is not empty. */
  spans: readonly (readonly [start: number, end: number])[]
  /** The text of a line, or its first bytes. */
  text(index: number, bytes?: number): string
}

/**
 * Unpacks and finds the lines. A train pack of full problems has more text than one string may hold, hence the bytes.
 *
 * @throws {MisstepError} when the data are not gzip, or break off
 */
export function gunzipLines(data: Uint8Array, name: string): PackedLines {
  let bytes: Buffer
  try {
    bytes = gunzipSync(data)
  } catch (cause) {
    throw new MisstepError('data', `${name} is not a whole gzip file`, {
      cause,
      advice: 'It was probably cut off while it was copied: fetch it again.',
    })
  }
  const spans: [number, number][] = []
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start)
    const end = newline < 0 ? bytes.length : newline
    if (end > start) spans.push([start, end])
    start = end + 1
  }
  return {
    spans,
    text(index, most) {
      const [start, end] = spans[index]!
      return bytes.toString('utf8', start, most === undefined ? end : Math.min(end, start + most))
    },
  }
}

/** A line read as JSON of the given shape. */
export function parseLine<T>(schema: z.ZodType<T>, text: string, index: number, name: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new MisstepError('data', `Line ${index + 1} of ${name} is not JSON`, { cause })
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const where = result.error.issues.map(issue => issue.path.join('.')).join(', ')
  throw new MisstepError('data', `Line ${index + 1} of ${name} is no game: check ${where}`)
}
