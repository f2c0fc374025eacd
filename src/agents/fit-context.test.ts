import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RenderMessage } from '../render/react.ts'
import { charactersOf, type Fit, fitContext, LEFT_OUT, WHOLE } from './fit-context.ts'

/** A conversation with observations of the given lengths. */
const conversation = (lengths: readonly number[]): RenderMessage[] => [
  { role: 'user', content: 'instruction'.repeat(10), step: -1 },
  ...lengths.flatMap((length, step): RenderMessage[] => [
    { role: 'assistant', content: `Thought: ${step}`, step },
    { role: 'user', content: `${step}`.padEnd(length, '.'), step },
  ]),
]

describe('a conversation that is too long', () => {
  it('loses its oldest observations first, and no move', () => {
    const { messages, shortened } = fitContext(conversation([200, 200, 200, 200]), 700, WHOLE)
    expect(messages.map(message => message.content.slice(0, 1))).toEqual(['i', 'T', '(', 'T', '(', 'T', '(', 'T', '3'])
    expect(messages[2]!.content).toBe(LEFT_OUT)
    expect(shortened).toBe(3)
  })

  it('then its oldest steps, and at last the middle of what is to be answered', () => {
    const long = conversation(Array(30).fill(60))
    const { messages } = fitContext(long, 400, WHOLE)
    expect(messages[0]).toEqual(long[0])
    expect(messages[1]!.content).not.toBe('Thought: 0')
    expect(messages.at(-1)).toEqual(long.at(-1))
    const short = fitContext(conversation([50, 1000]), 400, WHOLE)
    expect(short.messages.at(-1)!.content).toMatch(/^1\.+\n\(cut\)\n\.+$/)
    expect(charactersOf(short.messages)).toBeLessThanOrEqual(400)
  })

  it('fits, keeps the instruction, ends with what is to be answered, and counts what it lost', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 30 }), lengths => {
        const whole = conversation(lengths)
        const { messages, shortened } = fitContext(whole, 600, WHOLE)
        expect(charactersOf(messages)).toBeLessThanOrEqual(600)
        expect(messages[0]).toEqual(whole[0])
        expect(messages.at(-1)!.step).toBe(lengths.length - 1)
        expect(shortened > 0).toBe(charactersOf(whole) > 600)
        const mine = messages.map(message => message.role === 'assistant')
        expect(mine.every((own, i) => own === (i % 2 === 1))).toBe(true)
      }),
    )
  })

  it('grows at its end again for several steps after each loss', () => {
    let fit: Fit = WHOLE
    let before: RenderMessage[] = []
    let breaks = 0
    const steps = 60
    for (let step = 1; step <= steps; step++) {
      const fitted = fitContext(conversation(Array(step).fill(100)), 3000, fit)
      fit = fitted.fit
      const isPrefix = before.every((message, i) => message.content === fitted.messages[i]?.content)
      if (!isPrefix) breaks++
      before = fitted.messages
    }
    expect(breaks).toBeGreaterThan(0)
    expect(breaks).toBeLessThanOrEqual(steps / 5)
  })
})
