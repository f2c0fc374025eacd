import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createArrivals } from './arrivals.ts'

describe('arrivals', () => {
  it('come in the order in which they end, whether they were waited for or not', async () => {
    const arrivals = createArrivals<number>()
    for (const delay of [30, 10, 20]) arrivals.add(pause(delay, delay))
    expect([await arrivals.next(), arrivals.size]).toEqual([10, 2])
    await pause(40)
    arrivals.add(Promise.resolve(0))
    expect([await arrivals.next(), await arrivals.next(), await arrivals.next()]).toEqual([20, 30, 0])
    expect(arrivals.size).toBe(0)
  })

  it('pass a failure on to whoever asks, and to nobody else', async () => {
    const arrivals = createArrivals<number>()
    arrivals.add(Promise.reject(new Error('first')))
    arrivals.add(Promise.reject(new Error('never asked for')))
    await expect(arrivals.next()).rejects.toThrow('first')
    await pause(5)
  })

  it('cost the same for each however many are waiting', async () => {
    const waiting = 20_000
    const arrivals = createArrivals<void>()
    const release: (() => void)[] = []
    for (let i = 0; i < waiting; i++) arrivals.add(new Promise(resolve => release.push(resolve)))
    const begun = performance.now()
    for (const resolve of release) {
      resolve()
      await arrivals.next()
    }
    // Racing them all each time takes minutes.
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})
