/**
 * Intervals by resampling, for means, ratios and whatever repeats in clusters.
 * @module
 */
import { createRandom } from '../core/random.ts'
import type { Interval } from './statistics.ts'

export interface ResampleOptions {
  /** Names the random stream. Default: `misstep`. */
  seed?: string
  /** How many resamples. Default: 2,000. */
  samples?: number
}

/** A figure of column sums; without a value (NaN or infinite) where there is nothing to divide by. */
export type Statistic = (sums: readonly number[]) => number

/**
 * The percentile bootstrap (95%) of a statistic of column sums. Each row holds the sums of one *cluster*: what stands or
 * falls together, such as an episode, or all episodes of one task. Whole rows are drawn with replacement, so that steps
 * of one episode, or repetitions of one task, are not mistaken for independent evidence. Rows are taken as they lie:
 * give them in an order that does not depend on the order of the data. Resamples without a value (nothing to
 * divide by) are left out. The interval is stretched to hold the estimate where it would not.
 *
 * Where all rows agree the interval has no width: it then says nothing about what other tasks would show.
 *
 * Source: B. Efron and R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapters 8 and 13.
 *
 * @returns undefined when the statistic has no value on the data
 * @example
 * // Errors a step, resampled by episode: [errors, steps]
 * bootstrap([[1, 10], [0, 5], [4, 20]], ([errors, steps]) => errors! / steps!)
 */
export function bootstrap(
  rows: readonly (readonly number[])[],
  statistic: Statistic,
  options: ResampleOptions = {},
): Interval | undefined {
  return bootstrapAll(rows, [statistic], options)[0]
}

/** The bootstrap of several statistics of the same rows at once: all see the same resamples. */
export function bootstrapAll(
  rows: readonly (readonly number[])[],
  statistics: readonly Statistic[],
  options: ResampleOptions = {},
): (Interval | undefined)[] {
  const { seed = 'misstep', samples = 2000 } = options
  const width = rows[0]?.length ?? 0
  const cells = Float64Array.from(rows.flat())
  const sums = new Array<number>(width)
  const sumUp = (draw?: () => number) => {
    sums.fill(0)
    for (let i = 0; i < rows.length; i++) {
      const from = (draw ? draw() : i) * width
      for (let j = 0; j < width; j++) sums[j]! += cells[from + j]!
    }
    return statistics.map(statistic => statistic(sums))
  }
  const estimates = sumUp()
  const random = createRandom('bootstrap', seed, rows.length)
  const draw = () => random.integer(rows.length)
  const drawn = Array.from({ length: samples }, () => sumUp(draw))
  return estimates.map((estimate, at) => {
    const values = drawn.map(sample => sample[at]!).filter(Number.isFinite)
    if (!Number.isFinite(estimate) || values.length === 0) return undefined
    const sorted = Float64Array.from(values).sort()
    return {
      estimate,
      low: Math.min(estimate, quantile(sorted, 0.025)),
      high: Math.max(estimate, quantile(sorted, 0.975)),
    }
  })
}

/**
 * How likely a sum at least as far from zero is when each cluster's sign is a coin toss (two-sided p-value): the paired
 * permutation test, with whole clusters flipped. Exact where there are at most 12 clusters that are not zero; else
 * by seeded sampling, with the data counted as one of the samples so that it never is 0.
 *
 * Source: B. Phipson and G. Smyth, "Permutation p-values should never be zero", Stat. Appl. Genet. Mol. Biol. 9 (2010).
 *
 * @example
 * signFlipTest([2, 1, 3, 0, -1])
 */
export function signFlipTest(differences: readonly number[], options: ResampleOptions = {}): number {
  const { seed = 'misstep', samples = 9999 } = options
  const moving = differences.filter(difference => difference !== 0)
  // Integers in, integers out; the slack only forgives rounding where callers give fractions.
  const reached = Math.abs(moving.reduce((sum, difference) => sum + difference, 0)) - 1e-9
  const isAsFar = (flips: (index: number) => boolean) =>
    Math.abs(moving.reduce((sum, difference, index) => sum + (flips(index) ? -difference : difference), 0)) >= reached
  if (moving.length <= 12) {
    const patterns = 2 ** moving.length
    let far = 0
    for (let pattern = 0; pattern < patterns; pattern++) if (isAsFar(index => ((pattern >> index) & 1) === 1)) far++
    return far / patterns
  }
  const random = createRandom('sign flips', seed, moving.length)
  let far = 0
  for (let sample = 0; sample < samples; sample++) if (isAsFar(() => random.next() < 0.5)) far++
  return (far + 1) / (samples + 1)
}

/** Linear between the two nearest of the sorted values, so that turning all signs turns the quantiles. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}
