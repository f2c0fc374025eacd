/**
 * The few pieces of the protocol buffer wire format that an ONNX file needs.
 * @module
 */

const encoder = new TextEncoder()

/** Joins byte strings. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

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
export function integerField(field: number, value: number | bigint): Uint8Array {
  return Uint8Array.from([...varint(field << 3), ...varint(value)])
}

/** A 32-bit float field. */
export function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return join([Uint8Array.from(varint((field << 3) | 5)), bytes])
}

/** A field of text, bytes, or a nested message given by its parts. */
export function bytesField(field: number, value: string | Uint8Array | readonly Uint8Array[]): Uint8Array {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value instanceof Uint8Array ? value : join(value)
  return join([Uint8Array.from([...varint((field << 3) | 2), ...varint(bytes.length)]), bytes])
}
