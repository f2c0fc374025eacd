/**
 * The header of a GGUF file, version 2 or 3 (ggml's own specification): metadata, then where each tensor lies. Untrusted.
 * @module
 */
import { type Cursor, createCursor, damaged } from './cursor.ts'

export type MetadataValue = number | boolean | string | readonly (number | boolean | string)[]
export type Metadata = ReadonlyMap<string, MetadataValue>

/** Where a tensor lies. */
export interface GgufEntry {
  name: string
  /** Rows before columns, as everywhere in this project; the file has it the other way round. */
  shape: number[]
  /** ggml's number of the type. */
  type: number
  /** Bytes from the file's start. */
  from: number
}

export interface GgufHeader {
  metadata: Metadata
  entries: GgufEntry[]
}

const STRING = 8
const ARRAY = 9
/** ggml's own limit. */
const MOST_DIMENSIONS = 4

/** How values of each type are read, and the fewest bytes that one takes. */
const VALUES: Record<number, { bytes: number; read(cursor: Cursor): number | boolean | string }> = {
  0: { bytes: 1, read: cursor => cursor.view(1).getUint8(0) },
  1: { bytes: 1, read: cursor => cursor.view(1).getInt8(0) },
  2: { bytes: 2, read: cursor => cursor.view(2).getUint16(0, true) },
  3: { bytes: 2, read: cursor => cursor.view(2).getInt16(0, true) },
  4: { bytes: 4, read: cursor => cursor.integer32() },
  5: { bytes: 4, read: cursor => cursor.view(4).getInt32(0, true) },
  6: { bytes: 4, read: cursor => cursor.view(4).getFloat32(0, true) },
  7: { bytes: 1, read: cursor => cursor.view(1).getUint8(0) !== 0 },
  [STRING]: { bytes: 8, read: cursor => cursor.text() },
  10: { bytes: 8, read: cursor => Number(cursor.view(8).getBigUint64(0, true)) },
  11: { bytes: 8, read: cursor => Number(cursor.view(8).getBigInt64(0, true)) },
  12: { bytes: 8, read: cursor => cursor.view(8).getFloat64(0, true) },
}

/**
 * Reads a header. Nothing is reserved that the bytes do not hold.
 *
 * @param bytes the file's beginning, with the whole header
 * @param fileLength bytes of the whole file
 * @throws {MisstepError} `model` when it is no GGUF file, or claims what the file does not hold
 */
export function parseGgufHeader(bytes: Uint8Array, fileLength: number, file: string): GgufHeader {
  const cursor = createCursor(bytes, fileLength, file)
  if (bytes.length < 4 || Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== 'GGUF') {
    throw damaged(file, 'it does not begin with the letters GGUF')
  }
  cursor.view(4)
  const version = cursor.integer32()
  if (version !== 2 && version !== 3) throw damaged(file, 'its version is neither 2 nor 3', version)
  const tensorCount = cursor.count('tensors', 24)
  const valueCount = cursor.count('values', 13)
  const metadata = new Map<string, MetadataValue>()
  for (let i = 0; i < valueCount; i++) {
    const key = cursor.text()
    if (metadata.has(key)) throw damaged(file, 'a key is there twice', key)
    metadata.set(key, readValue(cursor, key, file))
  }
  const entries = Array.from({ length: tensorCount }, () => readEntry(cursor, file))
  const alignment = metadata.get('general.alignment') ?? 32
  if (typeof alignment !== 'number' || ![8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096].includes(alignment)) {
    throw damaged(file, 'general.alignment is no power of two from 8 to 4096', alignment)
  }
  const start = Math.ceil(cursor.at / alignment) * alignment
  return { metadata, entries: entries.map(entry => ({ ...entry, from: start + entry.from })) }
}

function readValue(cursor: Cursor, key: string, file: string): MetadataValue {
  const type = cursor.integer32()
  if (type !== ARRAY) return kindOf(type, key, file).read(cursor)
  const kind = kindOf(cursor.integer32(), key, file)
  const length = cursor.count(`items of ${key}`, kind.bytes)
  return Array.from({ length }, () => kind.read(cursor))
}

/** Lists of lists are not read: no file that we know has them, and nesting without end is an attack. */
function kindOf(type: number, key: string, file: string) {
  const kind = Object.hasOwn(VALUES, type) ? VALUES[type] : undefined
  if (kind) return kind
  throw damaged(file, `the value of ${key} has a type that is not known`, type)
}

function readEntry(cursor: Cursor, file: string): GgufEntry {
  const name = cursor.text()
  const dimensions = cursor.integer32()
  if (dimensions > MOST_DIMENSIONS) throw damaged(file, `tensor ${name} has too many dimensions`, dimensions)
  const shape = Array.from({ length: dimensions }, () => cursor.integer64(`a size of ${name}`)).reverse()
  return { name, shape, type: cursor.integer32(), from: cursor.integer64(`the offset of ${name}`) }
}
