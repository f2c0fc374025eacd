/**
 * ggml's tensor types: how many bytes they take, and how their blocks become floats.
 * @module
 */
import { fromBrainFloats, fromHalves, halfTable } from '../half-floats.ts'

export interface TensorType {
  name: string
  /** Numbers in a block; a row of a tensor is a whole number of blocks. */
  block: number
  /** Bytes of a block. */
  bytes: number
  /** @param bytes at the start of their buffer */
  toFloats(bytes: Uint8Array): Float32Array
}

/** Of each block of quantised numbers: reads its halves at the front and writes its numbers. */
type Block = (bytes: Uint8Array, at: number, into: Float32Array, to: number) => void

const blocks =
  (size: number, length: number, write: Block) =>
  (bytes: Uint8Array): Float32Array => {
    const into = new Float32Array((bytes.length / size) * length)
    for (let at = 0, to = 0; at < bytes.length; at += size, to += length) write(bytes, at, into, to)
    return into
  }

const half = (bytes: Uint8Array, at: number) => halfTable()[bytes[at]! | (bytes[at + 1]! << 8)]!

/** Sixteen bytes are 32 numbers: the low halves of the bytes come first. */
function fourBits(bytes: Uint8Array, at: number, into: Float32Array, to: number, scale: number, offset: number) {
  for (let i = 0; i < 16; i++) {
    const byte = bytes[at + i]!
    into[to + i] = scale * (byte & 15) + offset
    into[to + 16 + i] = scale * (byte >> 4) + offset
  }
}

const halves = (bytes: Uint8Array) => new Uint16Array(bytes.buffer, 0, bytes.length / 2)

/** The types that are read, by ggml's numbers. */
export const TENSOR_TYPES: Readonly<Record<number, TensorType>> = {
  0: { name: 'F32', block: 1, bytes: 4, toFloats: bytes => new Float32Array(bytes.buffer, 0, bytes.length / 4) },
  1: { name: 'F16', block: 1, bytes: 2, toFloats: bytes => fromHalves(halves(bytes)) },
  2: {
    name: 'Q4_0',
    block: 32,
    bytes: 18,
    toFloats: blocks(18, 32, (bytes, at, into, to) => {
      const scale = half(bytes, at)
      fourBits(bytes, at + 2, into, to, scale, -8 * scale)
    }),
  },
  3: {
    name: 'Q4_1',
    block: 32,
    bytes: 20,
    toFloats: blocks(20, 32, (bytes, at, into, to) => {
      fourBits(bytes, at + 4, into, to, half(bytes, at), half(bytes, at + 2))
    }),
  },
  8: {
    name: 'Q8_0',
    block: 32,
    bytes: 34,
    toFloats: blocks(34, 32, (bytes, at, into, to) => {
      const scale = half(bytes, at)
      for (let i = 0; i < 32; i++) into[to + i] = scale * ((bytes[at + 2 + i]! << 24) >> 24)
    }),
  },
  30: { name: 'BF16', block: 1, bytes: 2, toFloats: bytes => fromBrainFloats(halves(bytes)) },
}
