import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intervalChart, lineChart, roundTicks } from './charts.ts'

const numbersOf = (svg: string, attribute: string) =>
  [...svg.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map(match => Number(match[1]))

describe('intervalChart', () => {
  it('keeps every mark within the picture, also where a value lies off the axis', () => {
    const marks = [{ interval: { estimate: 1.2, low: -0.5, high: 3 }, text: '120%' }, { text: '–' }]
    const options = { title: 'Success', domain: [0, 1] as const, ticks: [{ at: 0, text: '0%' }] }
    for (const width of [340, 812]) {
      const svg = intervalChart([{ label: 'step', hue: 'hue-0', marks }], { ...options, width }).text
      for (const x of ['x1', 'x2', 'cx', 'x'].flatMap(name => numbersOf(svg, name))) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x).toBeLessThanOrEqual(width)
      }
      expect(svg).toContain('aria-label="Success"')
      expect(svg.match(/<circle/g)).toHaveLength(1)
    }
  })

  it('draws a dot further right for more', () => {
    const row = (estimate: number) => ({
      label: 'a',
      hue: 'hue-0',
      marks: [{ interval: { estimate, low: 0, high: 1 }, text: '' }],
    })
    const svg = intervalChart([row(0.2), row(0.8)], { title: '', width: 812, domain: [0, 1], ticks: [] }).text
    const [less, more] = numbersOf(svg, 'cx')
    expect(more).toBeGreaterThan(less!)
  })
})

describe('lineChart', () => {
  it('draws a falling loss as a line that goes down', () => {
    const points = [
      [1, 4],
      [50, 2],
      [100, 0.5],
    ] as const
    const svg = lineChart([{ name: 'step', hue: 'hue-0', points }], { title: 'Loss', width: 812, height: 280 }).text
    const ys = /points="([^"]+)"/
      .exec(svg)![1]!
      .split(' ')
      .map(point => Number(point.split(',')[1]))
    expect(ys).toEqual([...ys].sort((a, b) => a - b))
  })

  it('draws no broken number where there is nothing to draw', () => {
    const svg = lineChart([{ name: 'step', hue: 'hue-0', points: [] }], { title: 'Loss', width: 812, height: 280 }).text
    expect(svg).not.toMatch(/NaN|Infinity/)
  })
})

describe('roundTicks', () => {
  it('reaches the highest value in few even steps', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.integer({ min: 2, max: 8 }), (highest, most) => {
        const ticks = roundTicks(highest, most)
        expect(ticks[0]).toBe(0)
        expect(ticks.at(-1)!).toBeGreaterThanOrEqual(highest * (1 - 1e-6))
        expect(ticks.length).toBeLessThanOrEqual(most + 1)
      }),
    )
  })
})
