/**
 * Reads recordings that people publish: JSON or JSONL, gzipped or not.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { MisstepError } from '../core/errors.ts'
import { parseJson } from '../core/parse-json.ts'
import { storeError } from '../store/store-error.ts'

/**
 * The records of a file: the items of its one JSON list, its one JSON object, or the JSON values on its lines.
 *
 * @throws {MisstepError} when the file cannot be read, is not a whole gzip file, or is neither JSON nor JSONL
 * @example
 * for (const record of await readRecords('transcripts.jsonl.gz')) console.log(record)
 */
export async function readRecords(path: string): Promise<unknown[]> {
  const data = await readFile(path).catch(cause => {
    throw storeError('The recordings cannot be read', path, cause)
  })
  const text = (data[0] === 0x1f && data[1] === 0x8b ? unpack(data, path) : data).toString('utf8')
  const whole = parseJson(text)
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole]
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const record = parseJson(line)
    if (record !== undefined) return [record]
    const advice = `Line ${index + 1} is no JSON value.`
    throw new MisstepError('data', 'The recordings are neither JSON nor JSONL', { value: path, advice })
  })
}

function unpack(data: Buffer, path: string): Buffer {
  try {
    return gunzipSync(data)
  } catch (cause) {
    throw new MisstepError('data', 'The recordings are not a whole gzip file', { value: path, cause })
  }
}
