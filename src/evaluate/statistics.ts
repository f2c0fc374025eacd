/**
 * Intervals and tests for success rates, alone and in pairs.
 * @module
 */

/** An estimate with its 95% interval. */
export interface Interval {
  estimate: number
  low: number
  high: number
}

/** How the pairs of two arms on the same episodes fall out: counts. */
export interface PairedCounts {
  bothWon: number
  onlyFirst: number
  onlySecond: number
  neither: number
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** The 97.5% point of the standard normal distribution. */
const Z = 1.959963984540054

/**
 * The Wilson score interval (95%) of a success rate. Good for small counts and for rates near 0 and 1.
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927) 209-212.
 *
 * @throws {RangeError} when there are no trials, or not 0 <= successes <= trials
 * @example
 * wilson(81, 263) // { estimate: 0.308, low: 0.2553, high: 0.3662 }
 */
export function wilson(successes: number, trials: number): Interval {
  if (!(trials > 0) || successes < 0 || successes > trials) {
    throw new RangeError(`An interval needs trials, and successes among them; got ${successes} of ${trials}`)
  }
  const rate = successes / trials
  const scale = 1 + Z ** 2 / trials
  const centre = (rate + Z ** 2 / (2 * trials)) / scale
  const half = (Z / scale) * Math.sqrt((rate * (1 - rate)) / trials + Z ** 2 / (4 * trials ** 2))
  return {
    estimate: rate,
    low: successes === 0 ? 0 : centre - half,
    high: successes === trials ? 1 : centre + half,
  }
}

/**
 * The difference of two success rates on the same episodes, first less second, with its 95% interval: the square-and-add
 * method on two Wilson intervals, with the correlation of the pairs.
 *
 * Source: R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions based on paired
 * data", Statistics in Medicine 17 (1998) 2635-2650, method 10.
 *
 * @throws {RangeError} when there are no pairs
 * @example
 * pairedDifference({ bothWon: 59, onlyFirst: 6, onlySecond: 16, neither: 80 }) // -0.0621, from -0.1186 to -0.0046
 */
export function pairedDifference(counts: PairedCounts): Interval {
  const { bothWon, onlyFirst, onlySecond, neither } = counts
  const pairs = bothWon + onlyFirst + onlySecond + neither
  const first = wilson(bothWon + onlyFirst, pairs)
  const second = wilson(bothWon + onlySecond, pairs)
  const correlation = pairCorrelation(counts)
  const reach = (down: number, up: number) => Math.sqrt(Math.max(0, down ** 2 + up ** 2 - 2 * correlation * down * up))
  const estimate = (onlyFirst - onlySecond) / pairs
  return {
    estimate,
    low: estimate - reach(first.estimate - first.low, second.high - second.estimate),
    high: estimate + reach(second.estimate - second.low, first.high - first.estimate),
  }
}

/** Newcombe's correlation: pulled towards zero by a continuity correction where it is positive. */
function pairCorrelation({ bothWon, onlyFirst, onlySecond, neither }: PairedCounts): number {
  const margins = (bothWon + onlyFirst) * (onlySecond + neither) * ((bothWon + onlySecond) * (onlyFirst + neither))
  if (margins === 0) return 0
  const cross = bothWon * neither - onlyFirst * onlySecond
  const pairs = bothWon + onlyFirst + onlySecond + neither
  return (cross > 0 ? Math.max(0, cross - pairs / 2) : cross) / Math.sqrt(margins)
}

/**
 * McNemar's exact test: how likely a split of the deciding pairs at least as uneven is by chance (two-sided p-value).
 * 1 when no pair decides.
 *
 * Source: Q. McNemar, Psychometrika 12 (1947) 153-157; the exact form is the binomial test on the pairs that differ.
 *
 * @example
 * mcNemarExact(6, 16) // 0.0525
 */
export function mcNemarExact(onlyFirst: number, onlySecond: number): number {
  const deciding = onlyFirst + onlySecond
  const fewer = Math.min(onlyFirst, onlySecond)
  // In logarithms, since 2 to the power of thousands of pairs is no number.
  let logTerm = -deciding * Math.LN2
  let tail = 0
  for (let wins = 0; wins <= fewer; wins++) {
    tail += Math.exp(logTerm)
    logTerm += Math.log((deciding - wins) / (wins + 1))
  }
  return Math.min(1, 2 * tail)
}
