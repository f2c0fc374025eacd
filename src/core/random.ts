/**
 * Seeded randomness: the same seed gives the same numbers on every machine.
 * @module
 */

/** A stream of random numbers. */
export interface Random {
  /** A number in [0, 1), with 32 random bits. */
  next(): number
  /** An integer in [0, limit). */
  integer(limit: number): number
  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly T[]): T
  /** True with the given probability. */
  chance(probability: number): boolean
  /** A new list with the same items in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[]
}

/**
 * A random stream fixed by its seeds: any strings and numbers, which together name the stream.
 * The generator is sfc32 (Doty-Humphrey, PractRand), seeded by a 32-bit FNV-1a hash of the seeds.
 *
 * @example
 * const random = createRandom('quickstart', 7)
 * random.pick(['mug', 'cup'])
 */
export function createRandom(...seeds: (string | number)[]): Random {
  const seed = hash(seeds.join('\u0000'))
  let a = seed
  let b = seed ^ 0x9e3779b9
  let c = seed ^ 0x85ebca6b
  let counter = 1
  const bits = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) bits()
  const next = () => bits() / 4294967296
  const integer = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    integer,
    pick: items => items[integer(items.length)]!,
    chance: probability => next() < probability,
    shuffle: items => {
      const copy = [...items]
      for (let i = copy.length - 1; i > 0; i--) {
        const j = integer(i + 1)
        ;[copy[i], copy[j]] = [copy[j]!, copy[i]!]
      }
      return copy
    },
  }
}

/** A 32-bit FNV-1a hash of a text's UTF-16 code units, as an unsigned integer. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
