/**
 * The order in which the benchmark is published: numpy's legacy shuffle, number for number.
 * @module
 */

/**
 * A new list in the order that `numpy.random.RandomState(seed).shuffle` gives: MT19937 (Matsumoto and Nishimura 1998)
 * and Fisher-Yates from the end, each draw masked to the smallest power of two and drawn again while too large.
 *
 * @param seed an unsigned 32-bit integer; the benchmark's is 1234
 * @example
 * numpyShuffle([0, 1, 2, 3], 1234)
 */
export function numpyShuffle<T>(items: readonly T[], seed: number): T[] {
  const next = mersenneTwister(seed)
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last--) {
    const mask = 2 ** (32 - Math.clz32(last)) - 1
    let draw = (next() & mask) >>> 0
    while (draw > last) draw = (next() & mask) >>> 0
    ;[shuffled[last], shuffled[draw]] = [shuffled[draw]!, shuffled[last]!]
  }
  return shuffled
}

const SIZE = 624
const SHIFT = 397

/** The next 32-bit word, each time that it is called. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(SIZE)
  state[0] = seed
  for (let i = 1; i < SIZE; i++) {
    const before = state[i - 1]!
    state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i
  }
  let position = SIZE
  return () => {
    if (position === SIZE) {
      twist(state)
      position = 0
    }
    let word = state[position++]!
    word ^= word >>> 11
    word ^= (word << 7) & 0x9d2c5680
    word ^= (word << 15) & 0xefc60000
    return (word ^ (word >>> 18)) >>> 0
  }
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const joined = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff)
    state[i] = state[(i + SHIFT) % SIZE]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0)
  }
}
