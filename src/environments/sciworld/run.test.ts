import { expect, it } from 'vitest'
import type { Machine } from './machine.ts'
import { startRun } from './run.ts'
import { createSeats } from './seats.ts'

const setup = { task: 'count', variation: 0, simplifications: '', valid: false }

it('loads an episode once, and again only when another has needed its seat', async () => {
  const asked: string[] = []
  // A machine that notes what it is asked, which the real one cannot tell.
  const machine: Machine = {
    alive: true,
    stop: () => {},
    ask: async (_, { op, actions }) => {
      asked.push(op)
      return op === 'load'
        ? { error: '', description: 'Count.' }
        : (actions as string[]).map(observation => ({ observation }))
    },
  }
  const seats = createSeats({ start: async () => machine, machines: 1, seats: 1 })
  const host = { ...seats, alone: () => Promise.reject(new Error('no machine was lost')) }
  const run = await startRun(host, setup)
  expect(run.description).toBe('Count.')
  await run.step('wait')
  expect(asked).toEqual(['load', 'steps', 'steps'])
  await startRun(host, setup)
  await run.step('wait')
  expect(asked.slice(3)).toEqual(['load', 'steps', 'load', 'steps', 'steps'])
  expect(run.actions).toEqual(['wait', 'wait'])
})
