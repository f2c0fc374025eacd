/**
 * Numbers of 16 bits: IEEE half precision, and bfloat16, which is the upper half of a float32.
 * @module
 */

/** A half's value is worked out once for each of its 65,536 patterns. */
let halfValues: Float32Array | undefined

/**
 * The value of every half by its bits (IEEE 754 binary16).
 *
 * @example
 * halfTable()[0x3c00] // 1
 */
export function halfTable(): Float32Array {
  halfValues ??= Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
    return sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction)
  })
  return halfValues
}

/** Halves as floats, exactly. */
export function fromHalves(bits: Uint16Array): Float32Array {
  const table = halfTable()
  const values = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]!]!
  return values
}

/** Bfloat16 as floats, exactly. */
export function fromBrainFloats(bits: Uint16Array): Float32Array {
  const values = new Uint32Array(bits.length)
  for (let i = 0; i < bits.length; i++) values[i] = bits[i]! << 16
  return new Float32Array(values.buffer)
}

/** The nearest halves, ties to even; what is too large for one becomes infinite. */
export function toHalves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) halves[i] = toHalf(bits[i]!)
  return halves
}

function toHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  // 65520 is half-way to what would come after the largest half.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  const exponent = magnitude >>> 23
  // Below 2^-14 halves are multiples of 2^-24; the shift brings the float's fraction to that unit.
  const shift = exponent < 113 ? 126 - exponent : 13
  if (shift > 24) return sign
  const whole = exponent < 113 ? (magnitude & 0x7fffff) | 0x800000 : magnitude - (112 << 23)
  const half = whole >>> shift
  const rest = whole & ((1 << shift) - 1)
  const middle = 1 << (shift - 1)
  return sign | (half + (rest > middle || (rest === middle && half & 1) ? 1 : 0))
}
