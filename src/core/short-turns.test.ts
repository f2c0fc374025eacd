import { describe, expect, it } from 'vitest'
import { takeTurn } from './short-turns.ts'

const busy = (milliseconds: number) => {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

describe('turns of the event loop', () => {
  it('cost nothing while they are short', async () => {
    await new Promise(setImmediate)
    expect(takeTurn()).toBeUndefined()
  })

  it('end between two pieces of work, so that timers come in, and the order stays', async () => {
    const order: number[] = []
    let looks = 0
    const look = setInterval(() => looks++, 1)
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        // As answers come in: one after the other, but all in one turn.
        await new Promise(setImmediate)
        await takeTurn()
        order.push(i)
        busy(2)
      }),
    )
    clearInterval(look)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(looks).toBeGreaterThanOrEqual(3)
  })
})
