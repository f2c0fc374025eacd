import { beforeAll, describe, expect, it } from 'vitest'
import { tinyShop } from '../../../test/kit/tiny-shop.ts'
import { noWebshopData, webshopData } from '../../../test/kit/webshop.ts'
import type { Move, Sight } from '../../core/environment.ts'
import { createRandom } from '../../core/random.ts'
import { describeEnvironment } from '../conformance.ts'
import type { Webshop } from './environment.ts'
import { createAssistance } from './expert-assistance.ts'
import { tells, wordsOf } from './expert-tells.ts'
import { wishOf } from './expert-wish.ts'
import { openWebshop } from './open-webshop.ts'
import type { ShopEpisode } from './shop-episode.ts'

const assistance = createAssistance()
const openMadeShop = () => openWebshop({ made: { products: 300 }, goals: 'human', assistance })

describeEnvironment('The made-up shop with expert and judge', openMadeShop, {
  describe,
  it,
  tasksPerSplit: 2,
  steps: 12,
})

async function play(episode: ShopEpisode, sight: Sight, limit = 15): Promise<Move[]> {
  const moves: Move[] = []
  while (!episode.done && moves.length < limit) {
    const move = await episode.expert!(sight)
    if (!move) break
    const { accepted, reason } = await episode.step(move.action)
    expect(accepted, `${move.action}: ${reason}`).toBe(true)
    moves.push(move)
  }
  return moves
}

/** Plays some goals of an environment; means over them. */
async function playMany(environment: Webshop, sight: Sight, count: number) {
  const tasks = (await Promise.all(environment.splits.map(split => environment.tasks(split)))).flat()
  const sums = { reward: 0, won: 0, beyond: 0 }
  for (const task of createRandom('expert').shuffle(tasks).slice(0, count)) {
    const episode = await environment.start(task)
    const steps = (await play(episode, sight)).length
    expect(episode.done, `${task.id} is not over after ${steps} steps`).toBe(true)
    sums.reward += episode.reward
    sums.won += Number(episode.won)
    sums.beyond = Math.max(sums.beyond, steps - episode.session.goal.options.length)
  }
  return { reward: sums.reward / count, won: sums.won / count, beyond: sums.beyond }
}

describe('the expert that knows only what the pages have shown', () => {
  const start = (...args: Parameters<typeof tinyShop>) => tinyShop({ assistance, ...args[0] }, args[1])
  const episodeOf = async (environment: Webshop) => environment.start((await environment.tasks('train'))[0]!)

  it('searches, opens what may be right, reads, leaves what is not, chooses and buys, and says why', async () => {
    const episode = await episodeOf(start())
    const moves = await play(episode, 'seen')
    expect(moves.map(({ thought, action }) => `${thought} => ${action}`)).toMatchInlineSnapshot(`
      [
        "I need shirt. I search. => search[red slim fit shirt long sleeve small]",
        "B101 costs $24.5. That is less than 40.00 dollars. It has slim fit. I open B101. => click[B101]",
        "I need red. It comes in red. I need small. It comes in small. I need slim fit. It has slim fit. I need long sleeve. I do not see it here. I read the features. => click[Features]",
        "I need long sleeve. The features do not say long sleeve. I search again. => search[red slim fit shirt long sleeve small]",
        "I looked at B101. B102 costs $80.0. That is more than 40.00 dollars. B103 costs $30.0. That is less than 40.00 dollars. It has slim fit. I open B103. => click[B103]",
        "I need red. It does not come in red. I go back to the results. => click[< Prev]",
        "I looked at B101. B102 costs $80.0. That is more than 40.00 dollars. I looked at B103. B104 costs $35.5. That is less than 40.00 dollars. It has slim fit. I open B104. => click[B104]",
        "I need red. It comes in red. I need small. It comes in small. I need slim fit. It has slim fit. I need long sleeve. I do not see it here. I read the features. => click[Features]",
        "I need long sleeve. The features say long sleeve. I go back to B104. => click[< Prev]",
        "I need red. I choose red. => click[red]",
        "I chose red. I need small. I choose small. => click[small]",
        "I chose red and small. B104 has all that I need. I buy B104. => click[Buy Now]",
      ]
    `)
    expect(episode.reward).toBe(1)
  })

  it('says nothing that the pages have not shown', async () => {
    // Two shops that differ only in what the features of B101 say: until they are read, all words must be the same.
    const other = start({}, product => (product.asin === 'B101' ? { ...product, features: ['long sleeve'] } : product))
    const [one, two] = await Promise.all([start(), other].map(async shop => play(await episodeOf(shop), 'seen')))
    const read = one!.findIndex(({ action }) => action === 'click[Features]')
    expect(two!.slice(0, read + 1)).toEqual(one!.slice(0, read + 1))
    expect(two![read + 1]).not.toEqual(one![read + 1])
  })

  it('goes on from wherever somebody else has gone', async () => {
    for (const actions of [
      ['search[hat]', 'click[b105]', 'click[red]'],
      ['search[shirt]', 'click[b102]', 'click[reviews]'],
      ['search[nothing]'],
      ['search[shirt]', 'click[next >]', 'click[next >]'],
      ['search[shirt]', 'click[b104]', 'click[blue]', 'click[large]', 'click[description]'],
    ]) {
      const episode = await episodeOf(start({ assistance: createAssistance({ patience: 30 }) }))
      for (const action of actions) expect((await episode.step(action)).accepted).toBe(true)
      await play(episode, 'seen', 30)
      expect(episode.reward, actions.join(' ')).toBe(1)
    }
  })

  it('takes the best that it has found when its patience ends', async () => {
    const episode = await episodeOf(start({ assistance: createAssistance({ patience: 7 }) }))
    const moves = await play(episode, 'seen')
    expect(moves.length).toBeLessThanOrEqual(7)
    expect(moves.at(-1)).toEqual({
      thought: 'I chose red and small. I found nothing better than B101. I buy B101.',
      action: 'click[Buy Now]',
    })
    expect(episode.reward).toBeCloseTo(4 / 5)
  })

  it('wins most visits to the made-up shop within 15 steps', async () => {
    const { reward, won } = await playMany(await openMadeShop(), 'seen', 200)
    expect(won).toBeGreaterThan(0.8)
    expect(reward).toBeGreaterThan(0.94)
  })
})

describe('the expert that knows what is meant', () => {
  it('reaches reward 1 in the made-up shop with a search, a click on the product, the choices and the purchase', async () => {
    const { reward, beyond } = await playMany(await openMadeShop(), 'everything', 200)
    expect(reward).toBe(1)
    expect(beyond).toBe(3)
  })

  it('goes the shortest way from wherever somebody else has gone', async () => {
    const environment = tinyShop({ assistance })
    for (const [steps, ...actions] of [
      [4, 'search[shirt]', 'click[b104]', 'click[features]'],
      [5, 'search[shirt]', 'click[b101]'],
      [5, 'search[shirt]', 'click[b101]', 'click[features]'],
      [2, 'search[shirt]', 'click[b104]', 'click[red]', 'click[large]'],
    ] as [number, ...string[]][]) {
      const episode = await environment.start((await environment.tasks('train'))[0]!)
      for (const action of actions) await episode.step(action)
      expect((await play(episode, 'everything')).length, actions.join(' ')).toBe(steps)
      expect(episode.reward).toBe(1)
    }
  })
})

describe('what an instruction asks for', () => {
  it('is taken from its words, without those that say nothing', async () => {
    const { shop } = tinyShop()
    expect(wishOf(shop.goals[0]!)).toMatchObject({
      words: ['red', 'slim', 'fit', 'shirt', 'long', 'sleeve', 'small'],
      kind: ['shirt'],
      priceUpper: 40,
    })
  })

  it.each([
    ['Easy-to-use brush', 'easy use', true],
    ['92% polyester, 8% spandex', 'polyester spandex', true],
    ['Rubber soles', 'rubber sole', true],
    ['a sleeve that is long', 'long sleeve', false],
    ['', 'long sleeve', false],
  ])('is told of by a text as a reader would say: %s, %s', (text, phrase, expected) => {
    expect(tells(wordsOf(text), wordsOf(phrase))).toBe(expected)
  })
})

describe.skipIf(noWebshopData)('the experts on the small set (needs shared data)', () => {
  let environment: Webshop
  beforeAll(async () => {
    environment = await openWebshop({ catalogue: webshopData, assistance })
  })

  it('reach what can be reached when they know what is meant', async () => {
    const { reward, won, beyond } = await playMany(environment, 'everything', 300)
    expect(reward).toBeGreaterThan(0.98)
    expect(won).toBeGreaterThan(0.92)
    expect(beyond).toBe(3)
  })

  it('buy something good within 15 steps when they know only what was shown', async () => {
    const { reward, won } = await playMany(environment, 'seen', 200)
    expect(reward).toBeGreaterThan(0.85)
    expect(won).toBeGreaterThan(0.65)
  })
})
