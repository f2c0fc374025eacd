import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backOff, readRetryAfter } from './trouble.ts'

describe('waiting', () => {
  it.each([
    [undefined, undefined],
    ['0', 0],
    ['120', 120_000],
    [' 1.5 ', 1500],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
  ])('for as long as Retry-After asks: %j', (header, expected) => {
    expect(readRetryAfter(header, Date.UTC(2026, 10, 22, 12))).toBe(expected)
  })

  it('doubles up to a minute, spread by a quarter, and six times outlast a minute', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const middle = Math.min(60_000, 2000 * 2 ** attempt)
        expect(Math.abs(backOff(attempt, 2000, random) / middle - 1)).toBeLessThanOrEqual(0.25)
      }),
    )
    const least = [0, 1, 2, 3, 4, 5].reduce((sum, attempt) => sum + backOff(attempt, 2000, 0), 0)
    expect(least).toBeGreaterThan(60_000)
  })
})
