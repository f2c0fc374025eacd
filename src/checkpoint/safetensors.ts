/**
 * The safetensors format: eight bytes of header length, a JSON header, the tensors' bytes without gaps.
 * @module
 */
import { fromBrainFloats, fromHalves } from './half-floats.ts'
import { type Dtype, parseHeader } from './safetensors-header.ts'

/** Numbers in row-major order. */
export interface Tensor {
  shape: number[]
  data: Float32Array
}

/**
 * The beginning of a file with float32 tensors of these shapes, up to their first byte, and the order in which they
 * follow: by name, so that a file's bytes do not depend on the order of the map.
 */
export function encodeHeader(shapes: ReadonlyMap<string, readonly number[]>): { bytes: Uint8Array; names: string[] } {
  const names = [...shapes.keys()].sort()
  // transformers refuses a file that does not say which framework it is for.
  const header: [string, unknown][] = [['__metadata__', { format: 'pt' }]]
  let length = 0
  for (const name of names) {
    const shape = shapes.get(name)!
    const end = shape.reduce((product, size) => product * size, 4) + length
    header.push([name, { dtype: 'F32', shape, data_offsets: [length, end] }])
    length = end
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)))
  const bytes = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ')
  bytes.writeBigUInt64LE(BigInt(bytes.length - 8), 0)
  json.copy(bytes, 8)
  return { bytes, names }
}

/**
 * Writes tensors as float32. The bytes depend on names, shapes and values only, not on the order of the map.
 *
 * @example
 * await writeFile('model.safetensors', encodeSafetensors(new Map([['norm', { shape: [2], data: Float32Array.of(1, 1) }]])))
 */
export function encodeSafetensors(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const { bytes, names } = encodeHeader(new Map([...tensors].map(([name, { shape }]) => [name, shape])))
  return Buffer.concat([bytes, ...names.map(name => bytesOf(tensors.get(name)!.data))])
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
  return new Map(
    parseHeader(bytes, bytes.length, file).map(({ name, dtype, shape, from, to }) => {
      // A copy of its own, because a view into the file's bytes need not lie on a multiple of four.
      return [name, { shape, data: toFloats(dtype, new Uint8Array(bytes.subarray(from, to))) }]
    }),
  )
}

/** The numbers of a tensor's bytes, which must lie at the start of their buffer; float32 is not copied. */
export function toFloats(dtype: Dtype, { buffer, length }: Uint8Array): Float32Array {
  if (dtype === 'F32') return new Float32Array(buffer, 0, length / 4)
  const bits = new Uint16Array(buffer, 0, length / 2)
  return dtype === 'F16' ? fromHalves(bits) : fromBrainFloats(bits)
}

export const bytesOf = (data: Float32Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
