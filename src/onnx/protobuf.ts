/**
 * The few pieces of the protocol buffer wire format that an ONNX file needs.
 * @module
 */

const encoder = new TextEncoder()

/**
 * A piece of a message, as byte strings in order. They are joined once, in the end: tensors of hundreds of megabytes go
 * through several levels of messages.
 */
export type Bytes = readonly Uint8Array[]

/** Joins byte strings. */
export function join(parts: Bytes): Uint8Array {
  const bytes = new Uint8Array(lengthOf(parts))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const lengthOf = (parts: Bytes) => parts.reduce((sum, part) => sum + part.length, 0)

/** A base-128 integer; negative ones are written as 64-bit two's complement. */
function varint(value: number | bigint): number[] {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return bytes
}

/** An integer field. */
export function integerField(field: number, value: number | bigint): Bytes {
  return [Uint8Array.from([...varint(field << 3), ...varint(value)])]
}

/** A 32-bit float field. */
export function floatField(field: number, value: number): Bytes {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return [Uint8Array.from(varint((field << 3) | 5)), bytes]
}

/** A field of text, bytes, or a nested message given by its parts; bytes are not copied. */
export function bytesField(field: number, value: string | Uint8Array | readonly Bytes[]): Bytes {
  const parts =
    typeof value === 'string' ? [encoder.encode(value)] : value instanceof Uint8Array ? [value] : value.flat()
  return [Uint8Array.from([...varint((field << 3) | 2), ...varint(lengthOf(parts))]), ...parts]
}
