/**
 * Choosing the next token.
 * @module
 */
import type { Random } from '../../core/random.ts'

/**
 * The likeliest token (the first of equals) without `random`, else one drawn with a single random number.
 *
 * @returns -1 when the probabilities are not finite
 */
export function sampleToken(probabilities: Float32Array, random?: Random): number {
  let best = -1
  let highest = 0
  let sum = 0
  for (let id = 0; id < probabilities.length; id++) {
    const probability = probabilities[id]!
    sum += probability
    if (probability > highest) {
      highest = probability
      best = id
    }
  }
  if (!Number.isFinite(sum)) return -1
  if (!random) return best
  let rest = random.next() * sum
  for (let id = 0; id < probabilities.length; id++) {
    rest -= probabilities[id]!
    if (rest < 0) return id
  }
  return best
}
