/**
 * Which rows each optimiser step reads.
 * @module
 */
import { createRandom } from '../../core/random.ts'

/**
 * Steps without end, each as the indices of its rows. Every epoch reads all rows in an order of its own, fixed by the
 * seed. A step ends where the tokens read by all steps so far come nearest to `batchTokens` a step, so that two trainings
 * of as many steps read the same number of tokens to within a row, whatever their rows. Steps run on over the end of an
 * epoch, but end early rather than hold a row twice.
 *
 * @param lengths tokens of each row; there must be at least one row.
 * @example
 * const steps = stepOrder([300, 500, 400], 1024, 7)
 * steps.next().value // for example [1, 0]
 */
export function* stepOrder(lengths: readonly number[], batchTokens: number, seed: number): Generator<number[], never> {
  let rows: number[] = []
  let read = 0
  let due = batchTokens
  for (let epoch = 0; ; epoch++) {
    for (const row of createRandom('order of rows', seed, epoch).shuffle([...lengths.keys()])) {
      const length = lengths[row]!
      if (rows.length > 0 && (read + length / 2 > due || rows.includes(row))) {
        yield rows
        rows = []
        due += batchTokens
      }
      rows.push(row)
      read += length
    }
  }
}

/**
 * The most tokens of a step's longest row, of its second longest, and so on.
 *
 * @param order as `stepOrder` gives it
 * @param steps how many are looked at
 * @example
 * longestOfSteps([[0, 1], [2, 0]].values(), [300, 500, 400], 2) // [500, 300]
 */
export function longestOfSteps(order: Iterator<number[]>, lengths: readonly number[], steps: number): number[] {
  const longest: number[] = []
  for (let step = 0; step < steps; step++) {
    const ofStep = (order.next().value as number[]).map(row => lengths[row]!).sort((a, b) => b - a)
    for (const [rank, length] of ofStep.entries()) longest[rank] = Math.max(longest[rank] ?? 0, length)
  }
  return longest
}
