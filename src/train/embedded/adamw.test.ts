import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBrainFloats } from '../../checkpoint/half-floats.ts'
import { type AdamWStep, updateAdamW } from './adamw.ts'
import { layoutOf, type Moments, sharedMoments } from './parameters.ts'

const usual: AdamWStep = {
  weightDecay: 0.1,
  betas: [0.9, 0.95],
  epsilon: 1e-8,
  step: 1,
  learningRate: 1e-3,
  scale: 1,
}
const start = (numbers: number, gradient: (i: number) => number, states: 'float32' | 'bfloat16') => ({
  parameters: Float32Array.from({ length: numbers }, (_, i) => Math.sin(i)),
  gradient: Float32Array.from({ length: numbers }, (_, i) => gradient(i)),
  moments: [sharedMoments(numbers, states), sharedMoments(numbers, states)] as const,
})
const placesOf = (numbers: number) => layoutOf([{ name: 'all', shape: [1, numbers] }]).places
const values = (moments: Moments) => (moments instanceof Uint16Array ? fromBrainFloats(moments) : moments)
const meanOf = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((sum, each) => sum + each, 0) / numbers.length

describe('moments in bfloat16', () => {
  const numbers = 4096
  const places = placesOf(numbers)

  it('are one of the two neighbours of what was to be kept, and on the mean just that', () => {
    const value = fc.float({ min: 2 ** -60, max: 2 ** 60, noNaN: true })
    fc.assert(
      fc.property(value, fc.boolean(), fc.integer({ min: 1, max: 1e6 }), (size, negative, step) => {
        const gradient = Math.fround(negative ? -size : size)
        const arrays = start(numbers, () => gradient, 'bfloat16')
        // Without memory the moments are the gradient and its square.
        updateAdamW(arrays, places, [0, numbers], { ...usual, betas: [0, 0], step })
        for (const [moments, exact] of [
          [arrays.moments[0], gradient],
          [arrays.moments[1], Math.fround(gradient * gradient)],
        ] as const) {
          const kept = values(moments)
          const gap = 2 ** (Math.floor(Math.log2(Math.abs(exact))) - 7)
          expect(kept.every(each => Math.abs(each - exact) < gap)).toBe(true)
          expect(new Set(kept).size).toBeLessThanOrEqual(2)
          // Five standard deviations of the mean of as many coins.
          expect(Math.abs(meanOf(kept) - exact)).toBeLessThanOrEqual((5 * gap) / 2 / Math.sqrt(numbers))
        }
      }),
      { numRuns: 100, seed: 1 },
    )
  })

  it('are rounded anew in each step: on the mean of many steps each is what it should be', () => {
    const [few, steps] = [64, 4096]
    const sums = [new Float64Array(few), new Float64Array(few)] as const
    // Three eighths between 1 and its neighbour above, whose square is three quarters on the way to the next one.
    const gradient = 1 + 3 / 8 / 128
    for (let step = 1; step <= steps; step++) {
      const arrays = start(few, () => gradient, 'bfloat16')
      updateAdamW(arrays, placesOf(few), [0, few], { ...usual, betas: [0, 0], step })
      for (const [which, moments] of arrays.moments.entries())
        for (const [i, each] of values(moments).entries()) sums[which]![i]! += each / steps
    }
    for (const [which, exact] of [gradient, gradient * gradient].entries())
      for (const mean of sums[which]!) expect(Math.abs(mean - exact)).toBeLessThan((5 / 128) * (0.5 / Math.sqrt(steps)))
  })

  it('do not stand still where a step changes them by less than half a unit of their last digit', () => {
    const [few, steps] = [256, 5000]
    const arrays = start(few, () => 0.1, 'bfloat16')
    const betas = [0.9, 0.999] as const
    for (let step = 1; step <= steps; step++) updateAdamW(arrays, placesOf(few), [0, few], { ...usual, betas, step })
    const exact = 0.01 * (1 - 0.999 ** steps)
    // The nearest bfloat16 would be a third of that for ever: there a thousandth of what is missing is too little.
    expect(meanOf(values(arrays.moments[1])) / exact).toBeCloseTo(1, 2)
    for (const square of values(arrays.moments[1])) expect(Math.abs(square / exact - 1)).toBeLessThan(0.2)
  })

  it('do not depend on how the numbers are shared out', () => {
    const gradient = (i: number) => Math.cos(i * i)
    const [whole, parts] = [start(numbers, gradient, 'bfloat16'), start(numbers, gradient, 'bfloat16')]
    for (let step = 1; step <= 3; step++) {
      updateAdamW(whole, places, [0, numbers], { ...usual, step })
      for (const range of [
        [1000, 4096],
        [0, 333],
        [333, 1000],
      ] as const)
        updateAdamW(parts, places, range, { ...usual, step })
    }
    expect(parts).toEqual(whole)
  })

  it('stay as they are where they need no rounding, and change parameters as float32 does at first', () => {
    const gradient = (i: number) => Math.cos(i * i)
    const [rounded, exact] = [start(numbers, gradient, 'bfloat16'), start(numbers, gradient, 'float32')]
    for (const arrays of [rounded, exact]) updateAdamW(arrays, places, [0, numbers], usual)
    expect(rounded.parameters).toEqual(exact.parameters)
    const before = rounded.moments.map(moments => moments.slice())
    updateAdamW(rounded, places, [0, numbers], { ...usual, betas: [1, 1], step: 2, learningRate: 0 })
    expect(rounded.moments.map(moments => moments.slice())).toEqual(before)
  })
})
