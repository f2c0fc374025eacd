import { describe, expect, it } from 'vitest'
import { createGate } from './gate.ts'

/** Lets so many ask for a place, and writes down who has entered. */
function crowd(gate: ReturnType<typeof createGate>, count: number) {
  const entered: number[] = []
  for (let i = 0; i < count; i++) void Promise.resolve(gate.enter()).then(() => entered.push(i))
  return entered
}
const sleep = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

describe('a gate', () => {
  it('lets as many in at once as it is told, in their order', async () => {
    const gate = createGate({ atOnce: 2, refill: 0 })
    const entered = crowd(gate, 5)
    await sleep(1)
    expect(entered).toEqual([0, 1])
    for (let i = 0; i < 3; i++) gate.leave(false)
    await sleep(1)
    expect(entered).toEqual([0, 1, 2, 3, 4])
  })

  it('stays closed for the longest of the pauses', async () => {
    const gate = createGate({ atOnce: 2, refill: 0 })
    gate.pause(60)
    gate.pause(10)
    const entered = crowd(gate, 1)
    await sleep(30)
    expect(entered).toEqual([])
    await sleep(60)
    expect(entered).toEqual([0])
  })

  it('lets one in alone while the endpoint is away, even where nobody has left', async () => {
    const gate = createGate({ atOnce: 8, refill: 0 })
    crowd(gate, 4)
    gate.away(0)
    const waiting = crowd(gate, 4)
    await sleep(20)
    expect(waiting).toEqual([0])
    gate.away(0)
    gate.leave(true)
    await sleep(20)
    expect(waiting).toEqual([0, 1])
    gate.back()
    await sleep(20)
    expect(waiting).toEqual([0, 1, 2, 3])
  })

  it('fills its places one by one once the endpoint is back', async () => {
    const gate = createGate({ atOnce: 20, refill: 200 })
    gate.away(10_000)
    const waiting = crowd(gate, 20)
    gate.back()
    const begin = performance.now()
    await sleep(100)
    const share = Math.min(1, (performance.now() - begin + 100) / 200)
    expect(waiting.length).toBeLessThanOrEqual(Math.ceil(20 * share))
    while (waiting.length < 20) await sleep(10)
    expect(performance.now() - begin).toBeGreaterThan(50)
  })

  it('keeps a pause that was asked for when the endpoint is back', async () => {
    const gate = createGate({ atOnce: 2, refill: 0 })
    gate.away(0)
    gate.pause(80)
    gate.back()
    const waiting = crowd(gate, 1)
    await sleep(20)
    expect(waiting).toEqual([])
  })

  it('turns away whoever waits', async () => {
    const gate = createGate({ atOnce: 1, refill: 0 })
    crowd(gate, 1)
    const waiting = [gate.enter(), gate.enter()]
    gate.refuse(new Error('over'))
    for (const each of waiting) await expect(each).rejects.toThrow('over')
  })
})
