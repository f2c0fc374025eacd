import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bootstrap, signFlipTest } from './bootstrap.ts'
import { mcNemarExact, pairedDifference, wilson } from './statistics.ts'

const cells = fc.record({
  bothWon: fc.nat(60),
  onlyFirst: fc.nat(60),
  onlySecond: fc.nat(60),
  neither: fc.nat(60),
})
const someCells = cells.filter(counts => Object.values(counts).some(value => value > 0))

describe('wilson', () => {
  // Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('gives the published interval for %i of %i', (won, trials, low, high) => {
    const interval = wilson(won, trials)
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  })

  it('holds the rate and stays within 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }), (trials, share) => {
        const { low, estimate, high } = wilson(Math.round(share * trials), trials)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(low).toBeLessThanOrEqual(estimate)
        expect(high).toBeGreaterThanOrEqual(estimate)
        expect(high).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('refuses no trials, and more successes than trials', () => {
    expect(() => wilson(0, 0)).toThrow(RangeError)
    expect(() => wilson(3, 2)).toThrow('3 of 2')
  })
})

describe('pairedDifference', () => {
  it.each([
    // Fagerland, Lydersen and Laake, "Statistical Analysis of Contingency Tables" (2017), chapter 8: complete response
    // before and after consolidation therapy (Cavo et al. 2012).
    [{ bothWon: 59, onlyFirst: 6, onlySecond: 16, neither: 80 }, -0.0621, -0.1186, -0.0046],
    // By hand: Wilson's 20 of 20 begins at 20 / (20 + z²) = 0.8389, so the root of twice 0.1611² is taken off 1.
    [{ bothWon: 0, onlyFirst: 20, onlySecond: 0, neither: 0 }, 1, 0.7721, 1],
  ])('gives the known interval for %o', (counts, difference, low, high) => {
    const interval = pairedDifference(counts)
    expect(interval.estimate).toBeCloseTo(difference, 4)
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  })

  it('holds the difference, stays within -1 and 1, and turns around when the arms are swapped', () => {
    fc.assert(
      fc.property(someCells, counts => {
        const { low, estimate, high } = pairedDifference(counts)
        expect(low).toBeLessThanOrEqual(estimate)
        expect(high).toBeGreaterThanOrEqual(estimate)
        expect(low).toBeGreaterThanOrEqual(-1 - 1e-12)
        expect(high).toBeLessThanOrEqual(1 + 1e-12)
        const swapped = pairedDifference({ ...counts, onlyFirst: counts.onlySecond, onlySecond: counts.onlyFirst })
        expect(swapped.low).toBeCloseTo(-high, 10)
        expect(swapped.high).toBeCloseTo(-low, 10)
      }),
    )
  })
})

describe('mcNemarExact', () => {
  it.each([
    [6, 16, 0.052479], // Fagerland et al. as above
    [1, 7, 18 / 256], // by hand
    [0, 5, 2 / 32], // by hand
    [4, 4, 1],
    [0, 0, 1],
  ])('gives the known value for %i against %i', (first, second, value) => {
    expect(mcNemarExact(first, second)).toBeCloseTo(value, 6)
    expect(mcNemarExact(second, first)).toBe(mcNemarExact(first, second))
  })

  it('stays a number for thousands of pairs', () => {
    expect(mcNemarExact(2000, 2100)).toBeGreaterThan(0.1)
    expect(mcNemarExact(1000, 3100)).toBeLessThan(1e-100)
  })
})

describe('bootstrap', () => {
  const mean = ([sum, count]: readonly number[]) => sum! / count!

  it('comes near the normal interval of a mean of many', () => {
    const rows = Array.from({ length: 400 }, (_, at) => [at % 2, 1])
    const { estimate, low, high } = bootstrap(rows, mean)!
    expect(estimate).toBe(0.5)
    expect(low).toBeCloseTo(0.5 - 1.96 * Math.sqrt(0.25 / 400), 1.8)
    expect(high).toBeCloseTo(0.5 + 1.96 * Math.sqrt(0.25 / 400), 1.8)
  })

  it('is wider when the same episodes come in clusters', () => {
    const single = Array.from({ length: 90 }, (_, at) => [Math.floor(at / 3) % 2, 1])
    const clustered = Array.from({ length: 30 }, (_, at) => [3 * (at % 2), 3])
    const width = (rows: number[][]) => bootstrap(rows, mean)!.high - bootstrap(rows, mean)!.low
    expect(width(clustered) / width(single)).toBeGreaterThan(1.5)
  })

  it('is the same again for the same seed, holds its estimate, and turns around with the signs', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 1, max: 4 })), { minLength: 1 })
    fc.assert(
      fc.property(rows, rows => {
        const options = { samples: 200 }
        const interval = bootstrap(rows, mean, options)!
        expect(bootstrap(rows, mean, options)).toEqual(interval)
        expect(interval.low).toBeLessThanOrEqual(interval.estimate)
        expect(interval.high).toBeGreaterThanOrEqual(interval.estimate)
        const turned = bootstrap(
          rows.map(([sum, count]) => [-sum, count]),
          mean,
          options,
        )!
        expect(turned.low).toBeCloseTo(-interval.high, 10)
        expect(turned.high).toBeCloseTo(-interval.low, 10)
      }),
      { numRuns: 50 },
    )
  })

  it('has no interval where there is nothing to divide by', () => {
    expect(bootstrap([[0, 0]], mean)).toBeUndefined()
    expect(bootstrap([], mean)).toBeUndefined()
  })
})

describe('signFlipTest', () => {
  it('is McNemar’s exact test where every cluster is one pair', () => {
    expect(signFlipTest([1, 1, 1, 1, 1])).toBeCloseTo(mcNemarExact(5, 0), 12)
    expect(signFlipTest([1, -1, 1, 1, 0, 1, 1, 0, 1, 1])).toBeCloseTo(mcNemarExact(7, 1), 12)
    const many = [...Array.from({ length: 16 }, () => 1), ...Array.from({ length: 6 }, () => -1)]
    expect(signFlipTest(many)).toBeCloseTo(mcNemarExact(16, 6), 1.8)
  })

  it('finds nothing in nothing, is never 0, and does not care which arm is first', () => {
    expect(signFlipTest([0, 0])).toBe(1)
    expect(signFlipTest(new Array(60).fill(3))).toBeGreaterThan(0)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 20 }), differences => {
        const turned = differences.map(difference => -difference)
        expect(signFlipTest(turned, { samples: 200 })).toBe(signFlipTest(differences, { samples: 200 }))
      }),
      { numRuns: 50 },
    )
  })
})
