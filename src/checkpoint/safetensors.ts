/**
 * The safetensors format: eight bytes of header length, a JSON header, the tensors' bytes without gaps.
 * @module
 */
import { MisstepError } from '../core/errors.ts'

/** Numbers in row-major order. */
export interface Tensor {
  shape: number[]
  data: Float32Array
}

const BYTES: Record<string, number> = { F32: 4, F16: 2, BF16: 2 }
/** The reference implementation's own limit. */
const LONGEST_HEADER = 100_000_000

/**
 * Writes tensors as float32. The bytes depend on names, shapes and values only, not on the order of the map.
 *
 * @example
 * await writeFile('model.safetensors', encodeSafetensors(new Map([['norm', { shape: [2], data: Float32Array.of(1, 1) }]])))
 */
export function encodeSafetensors(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const names = [...tensors.keys()].sort()
  // transformers refuses a file that does not say which framework it is for.
  const header: [string, unknown][] = [['__metadata__', { format: 'pt' }]]
  let length = 0
  for (const name of names) {
    const { shape, data } = tensors.get(name)!
    header.push([name, { dtype: 'F32', shape, data_offsets: [length, length + data.byteLength] }])
    length += data.byteLength
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)))
  const headerLength = Math.ceil(json.length / 8) * 8
  const bytes = Buffer.alloc(8 + headerLength + length, ' ')
  bytes.writeBigUInt64LE(BigInt(headerLength), 0)
  json.copy(bytes, 8)
  let at = 8 + headerLength
  for (const name of names) {
    const { data } = tensors.get(name)!
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

/**
 * Reads tensors of dtype F32, F16 or BF16 as float32. The bytes are untrusted: nothing is read or reserved that the
 * file does not hold.
 *
 * @param file the path, for errors
 * @throws {MisstepError} `model`, naming file and tensor, when the file is not what it should be
 * @example
 * decodeSafetensors(await readFile(path), path).get('model.norm.weight')
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Map<string, Tensor> {
  const { header, start } = readHeader(bytes, file)
  const entries = Object.entries(header)
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
  if (start + end !== bytes.length) {
    throw damaged(file, `the tensors take ${end} bytes, the file holds ${bytes.length - start}`)
  }
  return new Map(
    entries.map(({ name, dtype, shape, from, to }) => {
      // A copy of its own, because a view into the file's bytes need not lie on a multiple of four.
      const own = new Uint8Array(bytes.subarray(start + from, start + to))
      return [name, { shape, data: toFloat32(dtype, own) }]
    }),
  )
}

function readHeader(bytes: Uint8Array, file: string): { header: object; start: number } {
  if (bytes.length < 8) throw damaged(file, `it has ${bytes.length} bytes, too few for a header`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > LONGEST_HEADER || 8 + length > bytes.length) {
    throw damaged(file, `its header claims ${length} bytes, the file has ${bytes.length}`)
  }
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)))
  } catch (cause) {
    throw damaged(file, 'its header is not JSON', undefined, cause)
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw damaged(file, 'its header is not an object')
  }
  return { header, start: 8 + length }
}

function readEntry(name: string, entry: unknown, file: string) {
  const { dtype, shape, data_offsets: offsets } = Object(entry) as Record<string, unknown>
  if (typeof dtype !== 'string' || !Object.hasOwn(BYTES, dtype)) {
    throw damaged(file, `tensor ${name} has a dtype that is none of ${Object.keys(BYTES).join(', ')}`, dtype)
  }
  if (!isSizes(shape)) throw damaged(file, `tensor ${name} has no proper shape`, shape)
  if (!isSizes(offsets) || offsets.length !== 2) throw damaged(file, `tensor ${name} has no proper offsets`, offsets)
  const [from, to] = offsets as [number, number]
  const length = shape.reduce((product, size) => product * size, BYTES[dtype]!)
  if (to - from !== length) throw damaged(file, `tensor ${name} needs ${length} bytes and has ${to - from}`, entry)
  return { name, dtype, shape, from, to }
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(size => Number.isSafeInteger(size) && size >= 0)

function toFloat32(dtype: string, bytes: Uint8Array): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
  if (dtype === 'F16') return Float32Array.from(halves, halfToNumber)
  // A bfloat16 is the upper half of a float32.
  return new Float32Array(Uint32Array.from(halves, bits => bits << 16).buffer)
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction)
}

const damaged = (file: string, what: string, value?: unknown, cause?: unknown) =>
  new MisstepError('model', `${file} is damaged or no safetensors file: ${what}`, {
    value,
    cause,
    advice: 'Write or fetch the checkpoint again.',
  })
