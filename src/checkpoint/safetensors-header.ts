/**
 * The header of a safetensors file: eight bytes of length, then JSON that says where each tensor lies. Untrusted.
 * @module
 */
import { MisstepError } from '../core/errors.ts'

/** Bytes of one number. */
export const DTYPES = { F32: 4, F16: 2, BF16: 2 } as const
export type Dtype = keyof typeof DTYPES

/** Where a tensor lies in its file, in bytes from the file's start. */
export interface Entry {
  name: string
  dtype: Dtype
  shape: number[]
  from: number
  to: number
}

/** The reference implementation's own limit. */
const LONGEST_HEADER = 100_000_000

/**
 * How long the header is, its first eight bytes included.
 *
 * @param bytes the file's beginning
 * @param fileLength bytes of the whole file
 * @throws {MisstepError} `model` when the file cannot hold such a header
 */
export function headerLength(bytes: Uint8Array, fileLength: number, file: string): number {
  if (bytes.length < 8) throw damaged(file, `it has ${bytes.length} bytes, too few for a header`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > LONGEST_HEADER || 8 + length > fileLength) {
    throw damaged(file, `its header claims ${length} bytes, the file has ${fileLength}`)
  }
  return 8 + length
}

/**
 * The tensors of a file, in the order of their bytes.
 *
 * @param bytes the file's beginning, with the whole header
 * @throws {MisstepError} `model` when the tensors are not what the file holds, without gaps and overlaps
 */
export function parseHeader(bytes: Uint8Array, fileLength: number, file: string): Entry[] {
  const start = headerLength(bytes, fileLength, file)
  const entries = Object.entries(readJson(bytes.subarray(8, start), file))
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readEntry(name, entry, file))
    .sort((a, b) => a.from - b.from || a.to - b.to)
  let end = 0
  for (const { name, from, to } of entries) {
    if (from !== end) {
      const what = from < end ? 'overlaps the one before it' : 'leaves a gap before it'
      throw damaged(file, `tensor ${name} ${what}`, [from, to])
    }
    end = to
  }
  if (start + end !== fileLength) {
    throw damaged(file, `the tensors take ${end} bytes, the file holds ${fileLength - start}`)
  }
  return entries.map(entry => ({ ...entry, from: start + entry.from, to: start + entry.to }))
}

function readJson(bytes: Uint8Array, file: string): object {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw damaged(file, 'its header is not JSON', undefined, cause)
  }
  if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header
  throw damaged(file, 'its header is not an object')
}

function readEntry(name: string, entry: unknown, file: string): Entry {
  const { dtype, shape, data_offsets: offsets } = Object(entry) as Record<string, unknown>
  if (!isDtype(dtype)) {
    throw damaged(file, `tensor ${name} has a dtype that is none of ${Object.keys(DTYPES).join(', ')}`, dtype)
  }
  if (!isSizes(shape)) throw damaged(file, `tensor ${name} has no proper shape`, shape)
  if (!isSizes(offsets) || offsets.length !== 2) throw damaged(file, `tensor ${name} has no proper offsets`, offsets)
  const [from, to] = offsets as [number, number]
  const length = shape.reduce((product, size) => product * size, DTYPES[dtype])
  if (to - from !== length) throw damaged(file, `tensor ${name} needs ${length} bytes and has ${to - from}`, entry)
  return { name, dtype, shape, from, to }
}

const isDtype = (value: unknown): value is Dtype => typeof value === 'string' && Object.hasOwn(DTYPES, value)

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(size => Number.isSafeInteger(size) && size >= 0)

export const damaged = (file: string, what: string, value?: unknown, cause?: unknown) =>
  new MisstepError('model', `${file} is damaged or no safetensors file: ${what}`, {
    value,
    cause,
    advice: 'Write or fetch the checkpoint again.',
  })
