import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHouseholds, householdTask } from './environment.ts'
import { createLayouts, LAYOUT_GROUPS } from './layout.ts'

const households = createHouseholds({ tasks: 60 })

describe('households', () => {
  it('starts the very same game from the same task', async () => {
    const task = householdTask('unseen', 7)
    const first = await households.start(task)
    const second = await createHouseholds().start(task)
    expect(second.observation).toBe(first.observation)
    expect(second.admissible?.()).toEqual(first.admissible?.())
  })

  it('never gives two groups of splits a layout with the same receptacles', () => {
    const groups = createLayouts(3)
    const signatures = LAYOUT_GROUPS.flatMap(group =>
      Object.values(groups[group])
        .flat()
        .map(layout => layout.signature),
    )
    expect(new Set(signatures).size).toBe(signatures.length)
  })

  it('makes tasks of all six kinds in every split', async () => {
    for (const split of households.splits) {
      expect(new Set((await households.tasks(split)).map(task => task.kind)).size).toBe(6)
    }
  })

  it.each(['seen', 'everything'] as const)('is won by the expert that knows what was %s, in each game', async sight => {
    for (const split of households.splits) {
      for (const task of await households.tasks(split)) {
        const episode = await households.start(task)
        let steps = 0
        for (; !episode.done && steps < 40; steps++) {
          const move = await episode.expert?.(sight)
          expect((await episode.step(move!.action)).accepted, `${task.id}: ${move!.action}`).toBe(true)
        }
        expect(episode.won, task.id).toBe(true)
      }
    }
  })

  it('can be won in a few steps, whatever the game and however full the rooms', async () => {
    for (const most of [2, 3, 5, 9, 27]) {
      const environment = createHouseholds({ most })
      const splits = fc.constantFrom(...environment.splits)
      await fc.assert(
        fc.asyncProperty(splits, fc.nat(1e6), async (split, index) => {
          const episode = await environment.start(householdTask(split, index))
          for (let step = 0; step < 20 && !episode.done; step++) {
            const { action } = (await episode.expert!('everything'))!
            expect((await episode.step(action)).accepted, action).toBe(true)
          }
          expect(episode.won).toBe(true)
        }),
        { seed: 20250523, numRuns: 200 },
      )
    }
  })

  it('says so where there are too few rooms that differ', () => {
    expect(() => createHouseholds({ most: 1 })).toThrow(/too few households that differ.*"most":1/s)
  })

  it('says what is wrong with a task that it does not have', async () => {
    await expect(households.start({ ...householdTask('train', 0), id: 'nowhere' })).rejects.toThrow(
      /No such household: "nowhere"/,
    )
  })
})
