/**
 * Writes the header of a GGUF file, version 3 (ggml's own specification).
 * @module
 */

/** A number with its type in the file. */
export interface TypedNumber {
  type: 4 | 6
  value: number
}
/** What the metadata may hold; lists of numbers are int32 or float32. */
export type TypedMetadata = Record<
  string,
  string | boolean | TypedNumber | readonly string[] | Int32Array | Float32Array
>

export const integer = (value: number): TypedNumber => ({ type: 4, value })
export const float = (value: number): TypedNumber => ({ type: 6, value })

export interface TensorInfo {
  /** GGUF's name. */
  own: string
  /** Rows before columns. */
  shape: readonly number[]
  /** ggml's number of the type. */
  type: number
  bytes: number
}

/**
 * The bytes of a file up to its first tensor. Tensors follow in this order, each padded to the alignment.
 *
 * @example
 * encodeGgufHeader({ 'general.architecture': 'llama' }, [], 32)
 */
export function encodeGgufHeader(
  metadata: TypedMetadata,
  tensors: readonly TensorInfo[],
  alignment: number,
): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from('GGUF'), integer32(3), integer64(tensors.length)]
  const entries = Object.entries(metadata)
  parts.push(integer64(entries.length))
  for (const [key, value] of entries) parts.push(...text(key), ...encodeValue(value))
  let offset = 0
  for (const { own, shape, type, bytes } of tensors) {
    const sizes = [...shape].reverse().map(integer64)
    parts.push(...text(own), integer32(shape.length), ...sizes, integer32(type), integer64(offset))
    offset += Math.ceil(bytes / alignment) * alignment
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat(parts, Math.ceil(length / alignment) * alignment)
}

function encodeValue(value: TypedMetadata[string]): Uint8Array[] {
  if (typeof value === 'string') return [integer32(8), ...text(value)]
  if (typeof value === 'boolean') return [integer32(7), Uint8Array.of(value ? 1 : 0)]
  if (value instanceof Int32Array || value instanceof Float32Array) {
    const type = value instanceof Int32Array ? 5 : 6
    return [integer32(9), integer32(type), integer64(value.length), new Uint8Array(value.buffer)]
  }
  if ('type' in value) return [integer32(value.type), value.type === 4 ? integer32(value.value) : float32(value.value)]
  return [integer32(9), integer32(8), integer64(value.length), ...value.flatMap(text)]
}

const integer32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer)
const integer64 = (value: number) => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)
const float32 = (value: number) => new Uint8Array(Float32Array.of(value).buffer)

function text(value: string): [Uint8Array, Uint8Array] {
  const bytes = Buffer.from(value)
  return [integer64(bytes.length), bytes]
}
