import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { generateGame } from '../households/generate.ts'
import { createLayouts } from '../households/layout.ts'
import { buildGame } from './build-game.ts'
import { createWorld } from './create-world.ts'
import { expertMove } from './expert.ts'
import type { Fact, Goal } from './game.ts'
import { createJudge } from './judge.ts'
import type { World } from './world.ts'

const layouts = createLayouts(3)

/** A room with a closed drawer, a desk with a mug and a pen, and a shelf: `put a mug in drawer.` */
function smallRoom(goal: Goal = { kind: 'pick_and_place_simple', object: 'mug', receptacle: 'drawer' }): World {
  const facts: Fact[] = [
    ['atlocation', 'agent1', 'loc_bar_0'],
    ['openable', 'drawer_bar_1'],
  ]
  for (const [index, type] of ['drawer', 'desk', 'shelf', 'sidetable'].entries()) {
    facts.push(
      ['receptacletype', `${type}_bar_1`, `${type}type`],
      ['receptacleatlocation', `${type}_bar_1`, `loc_bar_${index + 1}`],
    )
    for (const thing of ['mug', 'pen']) facts.push(['cancontain', `${type}type`, `${thing}type`])
  }
  for (const thing of ['mug', 'pen']) {
    facts.push(['objecttype', `${thing}_bar_1`, `${thing}type`], ['pickupable', `${thing}_bar_1`])
    facts.push(['inreceptacle', `${thing}_bar_1`, 'desk_bar_1'], ['objectatlocation', `${thing}_bar_1`, 'loc_bar_2'])
  }
  return createWorld(buildGame({ id: 'small', sentence: 'put a mug in drawer.', goal, facts }))
}

async function judgeAll(world: World, actions: string[]) {
  const judge = createJudge(world)
  const verdicts = []
  for (const action of actions) verdicts.push(await judge.judge({ thought: '', action }, world.step(action)))
  return verdicts
}

describe('the judge of ALFWorld games', () => {
  it('has nothing against any step of the expert that it consults', async () => {
    for (let index = 0; index < 60; index++) {
      const world = createWorld(generateGame(layouts, 'dev', index))
      const judge = createJudge(world)
      for (let step = 0; step < 40 && !world.won; step++) {
        const move = expertMove(world, 'seen')!
        expect(await judge.judge(move, world.step(move.action)), `${world.game.id}: ${move.action}`).toBeUndefined()
      }
    }
  })

  it.each([
    ['rejected', ['take mug 1 from desk 1'], 'That did not work. I am not at the desk 1.'],
    ['idle', ['inventory'], 'That did not help.'],
    ['searched-again', ['go to shelf 1', 'go to sidetable 1', 'go to shelf 1'], 'I already looked at shelf 1.'],
    ['left-without', ['go to desk 1', 'go to shelf 1'], 'I left mug 1 behind.'],
    ['left-unsearched', ['go to drawer 1', 'go to shelf 1'], 'I left without a look into drawer 1.'],
    ['wrong-object', ['go to desk 1', 'take pen 1 from desk 1'], 'That is not what I was asked for.'],
    [
      'undid-progress',
      ['go to desk 1', 'take mug 1 from desk 1', 'move mug 1 to desk 1'],
      'I should not leave mug 1 there yet.',
    ],
    [
      'detour',
      ['go to desk 1', 'take mug 1 from desk 1', 'go to shelf 1'],
      'I have mug 1 already. This is not the way.',
    ],
  ])('calls a step %s and says why', async (kind, actions, reflection) => {
    const verdicts = await judgeAll(smallRoom(), actions)
    expect(verdicts.at(-1)).toMatchObject({ kind, reflection })
    expect(verdicts.slice(0, -1)).toEqual(verdicts.slice(0, -1).map(() => undefined))
  })

  it('finds nothing wrong in looking at a place for the first time, likely or not', async () => {
    expect(
      await judgeAll(smallRoom(), ['go to shelf 1', 'go to sidetable 1', 'go to drawer 1', 'open drawer 1']),
    ).toEqual([undefined, undefined, undefined, undefined])
  })

  it('corrects every error of random play with a step that the game accepts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(500), async seed => {
        const world = createWorld(generateGame(layouts, 'train', seed % 50))
        const judge = createJudge(world)
        const random = createRandom('judge', seed)
        for (let step = 0; step < 25 && !world.won; step++) {
          const place = random.pick(world.game.receptacles).name
          const action = random.chance(0.7) ? random.pick(world.admissible()) : `take mug 1 from ${place}`
          const misstep = await judge.judge({ thought: '', action }, world.step(action))
          if (misstep) expect(world.fork().step(misstep.correction!.action).accepted).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('never tells where a thing is that was not shown', async () => {
    // Two rooms that differ only in where the mug is: until it was shown, all words must be the same.
    const words = async (there: string) => {
      const facts: Fact[] = [['atlocation', 'agent1', 'loc_bar_0']]
      for (const [index, type] of ['shelf', 'desk', 'drawer'].entries()) {
        facts.push(
          ['receptacletype', `${type}_bar_1`, `${type}type`],
          ['receptacleatlocation', `${type}_bar_1`, `loc_bar_${index + 1}`],
        )
        facts.push(['cancontain', `${type}type`, 'mugtype'], ['openable', `${type}_bar_1`])
      }
      facts.push(
        ['objecttype', 'mug_bar_1', 'mugtype'],
        ['pickupable', 'mug_bar_1'],
        ['inreceptacle', 'mug_bar_1', there],
      )
      const goal: Goal = { kind: 'pick_and_place_simple', object: 'mug', receptacle: 'shelf' }
      const world = createWorld(buildGame({ id: 'leak', sentence: 'put a mug in shelf.', goal, facts }))
      return judgeAll(world, [
        'take mug 1 from desk 1',
        'go to shelf 1',
        'take mug 1 from shelf 1',
        'look',
        'go to mug 1',
        'open desk 1',
      ])
    }
    expect(await words('desk_bar_1')).toEqual(await words('drawer_bar_1'))
  })
})
