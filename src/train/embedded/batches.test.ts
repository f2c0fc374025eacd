import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultAdamW, learningRateAt, updateAdamW } from './adamw.ts'
import { cutMicroBatches, type Row } from './micro-batches.ts'
import { longestOfSteps, stepOrder } from './order.ts'

const rowOf = (labels: number[]): Row => ({ ids: labels.map((_, i) => i + 1), labels })
const row = fc.array(fc.constantFrom(-100, 1, 2, 3), { minLength: 1, maxLength: 90 }).map(rowOf)

describe('cutMicroBatches', () => {
  it('keeps every trained token once, behind the tokens that come before it', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), rows => {
        const expected = rows.flatMap(({ ids, labels }) =>
          Array.from(labels).flatMap((label, i) =>
            i > 0 && label >= 0 ? [`${Array.from(ids).slice(0, i)} > ${label}`] : [],
          ),
        )
        const found = cutMicroBatches(rows).flatMap(({ ids, length, positions, targets }) =>
          [...positions].map((position, i) => {
            const start = Math.floor(Number(position) / length) * length
            return `${ids.slice(start, Number(position) + 1)} > ${targets[i]}`
          }),
        )
        expect(found.sort()).toEqual(expected.sort())
      }),
    )
  })

  it('pads little', () => {
    const lengths = [400, 390, 120, 118, 116, 40]
    const cut = cutMicroBatches(lengths.map(length => rowOf(Array(length + 1).fill(1))))
    expect(cut.map(({ rows, length }) => [rows, length])).toEqual([
      [1, 400],
      [1, 390],
      [3, 120],
      [1, 40],
    ])
  })
})

describe('longestOfSteps', () => {
  it('has the longest row of any step, the longest second of one, and so on: no thread reads a longer one', () => {
    const lengths = [900, 880, 100, 90, 80]
    const steps = [
      [2, 0],
      [1, 3, 4],
      [4, 2],
    ] as const
    const longest = longestOfSteps(steps.map(step => [...step]).values(), lengths, 3)
    // The two long rows are never in one step.
    expect(longest).toEqual([900, 100, 80])
    expect(longestOfSteps(steps.map(step => [...step]).values(), lengths, 1)).toEqual([900, 100])
  })
})

describe('stepOrder', () => {
  it('reads every row once an epoch, and none twice in a step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer(),
        (lengths, batchTokens, seed) => {
          const order = stepOrder(lengths, batchTokens, seed)
          const read: number[] = []
          while (read.length < 3 * lengths.length) {
            const rows = order.next().value
            expect(new Set(rows).size).toBe(rows.length)
            read.push(...rows)
          }
          for (const epoch of [0, 1, 2]) {
            const rows = read.slice(epoch * lengths.length, (epoch + 1) * lengths.length)
            expect(rows.sort((a, b) => a - b)).toEqual([...lengths.keys()])
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('reads as many tokens as the steps are to have, to within a row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 30, maxLength: 60 }),
        fc.integer({ min: 100, max: 400 }),
        fc.integer(),
        (lengths, batchTokens, seed) => {
          const order = stepOrder(lengths, batchTokens, seed)
          let read = 0
          for (let step = 1; step <= 20; step++) {
            const rows = order.next().value
            read += rows.reduce((sum, index) => sum + lengths[index]!, 0)
            // A step that would hold a row twice ends early, which only a step over the end of an epoch can.
            if (step * batchTokens > lengths.reduce((sum, length) => sum + length, 0) - 100) return
            expect(Math.abs(read - step * batchTokens)).toBeLessThanOrEqual(50)
          }
        },
      ),
    )
  })
})

describe('learningRateAt', () => {
  it('rises in a line to the highest and falls in a cosine to a tenth', () => {
    const rates = Array.from({ length: 100 }, (_, i) => learningRateAt(i + 1, 100, 2, 0.1))
    expect(rates[0]).toBeCloseTo(0.2)
    expect(rates[9]).toBe(2)
    expect(rates[54]).toBeCloseTo(1.1)
    expect(rates[99]).toBeCloseTo(0.2)
    expect(learningRateAt(1, 1, 2, 0)).toBeCloseTo(0.2)
  })
})

describe('updateAdamW', () => {
  it('makes the first step as long as the learning rate, and decays weights but not norms', () => {
    const layout = {
      size: 3,
      places: [
        { name: 'weight', shape: [1, 2], from: 0, to: 2 },
        { name: 'norm', shape: [1], from: 2, to: 3 },
      ],
    }
    const parameters = Float32Array.of(1, 1, 1)
    const moments = [new Float32Array(3), new Float32Array(3)] as const
    const arrays = { parameters, gradient: Float32Array.of(3, -0.01, 0), moments }
    const step = { ...defaultAdamW, weightDecay: 0.5, step: 1, learningRate: 0.1, scale: 1 }
    updateAdamW(arrays, layout.places, [0, 1], step)
    expect([...parameters.subarray(1)]).toEqual([1, 1])
    updateAdamW(arrays, layout.places, [1, 3], step)
    expect(parameters[0]).toBeCloseTo(1 - 0.05 - 0.1, 5)
    expect(parameters[1]).toBeCloseTo(1 - 0.05 + 0.1, 5)
    expect(parameters[2]).toBe(1)
  })
})
