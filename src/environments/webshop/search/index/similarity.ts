/**
 * BM25 in 32-bit floats, as Lucene 8's `BM25Similarity` with Anserini's parameters.
 * @module
 */

const { fround } = Math
const K1 = fround(0.9)
const B = fround(0.4)

/** Lucene keeps a document's length in one byte: lengths below 40 exactly, then four leading bits (`SmallFloat`). */
const FREE_LENGTHS = 24

/** The byte for a length in terms, from 0 to 2^31 - 1 (`SmallFloat.intToByte4`). */
export function lengthToByte(length: number): number {
  if (length < FREE_LENGTHS) return length
  const rest = length - FREE_LENGTHS
  if (rest < 8) return FREE_LENGTHS + rest
  const shift = 28 - Math.clz32(rest)
  return FREE_LENGTHS + (((rest >>> shift) & 7) | ((shift + 1) << 3))
}

/** The shortest length that has this byte (`SmallFloat.byte4ToInt`). */
function byteToLength(byte: number): number {
  if (byte < FREE_LENGTHS) return byte
  const code = byte - FREE_LENGTHS
  const shift = (code >>> 3) - 1
  return FREE_LENGTHS + (shift < 0 ? code & 7 : ((code & 7) | 8) * 2 ** shift)
}

/** What frequencies are multiplied by, for each byte of length; `averageLength` in terms. */
export function lengthFactors(averageLength: number): Float32Array {
  const average = fround(averageLength)
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const share = fround(fround(B * byteToLength(byte)) / average)
    return 1 / fround(K1 * fround(fround(1 - B) + share))
  })
}

/**
 * How much a term counts: the times it stands in the query by its rarity.
 *
 * @param documents documents with at least one term
 * @param matching of these, documents with this term
 */
export function termWeight(times: number, matching: number, documents: number): number {
  return fround(fround(times) * fround(Math.log(1 + (documents - matching + 0.5) / (matching + 0.5))))
}

/**
 * A term's part of a document's score. Never falls when `saturation` grows.
 *
 * @param saturation the frequency times the factor of the document's length
 */
export function termScore(weight: number, saturation: number): number {
  return fround(weight - fround(weight / fround(1 + saturation)))
}
