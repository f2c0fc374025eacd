import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeenBefore } from './seen-before.ts'

describe('what was seen before', () => {
  it('is known by the first row that had it, as a map of all of it would know', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2 }), { maxLength: 60 }), contents => {
        const seen = createSeenBefore()
        const map = new Map<string, number>()
        for (const [row, content] of contents.entries()) {
          expect(seen.note(row, content)).toBe(map.get(content))
          if (!map.has(content)) map.set(content, row)
        }
      }),
    )
  })

  it('is known among a hundred thousand rows, each of which takes some dozens of bytes', () => {
    const seen = createSeenBefore()
    const before = process.memoryUsage().arrayBuffers
    let known = 0
    for (let row = 0; row < 100_000; row++) if (seen.note(row, [Int32Array.of(row)]) !== undefined) known++
    expect(known).toBe(0)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 100_000)
    for (let row = 0; row < 100_000; row += 997) expect(seen.note(-1, [Int32Array.of(row)])).toBe(row)
  })
})
