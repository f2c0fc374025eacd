/**
 * Remembers what was seen before in a few bytes each, so that millions of rows can be compared.
 * @module
 */
import { createHash, type Hash } from 'node:crypto'

/** Which row first had something. */
export interface SeenBefore {
  /** The first row that had this, or `undefined`, and from now on it is this row. Rows are numbered from 0. */
  note(row: number, content: string | readonly Int32Array[]): number | undefined
}

const FIRST_SIZE = 1024

/**
 * A table of 64 bits of a sha256 and a row number each. That two contents of a million share them by chance has a
 * probability below one in thirty million.
 *
 * @example
 * const seen = createSeenBefore()
 * seen.note(0, 'a') // undefined
 * seen.note(1, 'a') // 0
 */
export function createSeenBefore(): SeenBefore {
  let slots = new Uint32Array(3 * FIRST_SIZE)
  let count = 0

  /** The place of a hash, or the empty one where it belongs. A row is stored as its number and one, so that 0 is empty. */
  const placeOf = (high: number, low: number) => {
    const size = slots.length / 3
    let at = low & (size - 1)
    while (slots[3 * at + 2] !== 0 && (slots[3 * at] !== high || slots[3 * at + 1] !== low)) at = (at + 1) & (size - 1)
    return 3 * at
  }
  const grow = () => {
    const before = slots
    slots = new Uint32Array(2 * before.length)
    for (let at = 0; at < before.length; at += 3) {
      if (before[at + 2] !== 0) slots.set(before.subarray(at, at + 3), placeOf(before[at]!, before[at + 1]!))
    }
  }
  return {
    note(row, content) {
      const hash = digest(content)
      const place = placeOf(hash.readUInt32LE(0), hash.readUInt32LE(4))
      const known = slots[place + 2]!
      if (known !== 0) return known - 1
      slots.set([hash.readUInt32LE(0), hash.readUInt32LE(4), row + 1], place)
      // Half empty at least, so that places are found at once.
      if (++count > slots.length / 6) grow()
      return undefined
    },
  }
}

function digest(content: string | readonly Int32Array[]): Buffer {
  const hash: Hash = createHash('sha256')
  if (typeof content === 'string') hash.update(content)
  else for (const part of content) hash.update(part)
  return hash.digest()
}
