import { beforeAll, describe, expect, it } from 'vitest'
import { noWebshopData, smallShop, webshopData } from '../../../test/kit/webshop.ts'
import type { Task } from '../../core/environment.ts'
import { describeEnvironment } from '../conformance.ts'
import { createWebshop, type Webshop, type WebshopOptions } from './environment.ts'
import { openWebshop } from './open-webshop.ts'

const { shop, catalogue } = smallShop()
const small = (options: Partial<WebshopOptions> = {}) =>
  createWebshop({ catalogue, search: shop.search, nouns: shop.nouns, ...options })
const task = (id: string): Task => ({ id, environment: 'webshop', split: 'test', kind: 'fashion' })

const sampled = { tasksPerSplit: 2, steps: 10 }
const everyGoal: WebshopOptions['splits'] = goals => ({ train: goals.map((_, index) => index) })
const runner = { describe, it, ...sampled }
describeEnvironment('WebShop over awkward products', () => small({ splits: everyGoal }), {
  ...runner,
  expertWins: false,
})
describeEnvironment('WebShop over made-up products', () => openWebshop({ made: { products: 100 } }), runner)
const verlAgent = () => openWebshop({ made: { products: 100 }, goals: 'human', profile: 'verl-agent', seed: 3 })
describeEnvironment('WebShop as verl-agent has it', verlAgent, runner)

describe('createWebshop', () => {
  it('names tasks by kind and number of the goal, and refuses others', async () => {
    const environment = small()
    const tasks = await environment.tasks('test')
    expect(environment.splits).toEqual(['test'])
    expect(tasks[1]).toEqual({ id: 'synthetic-1', environment: 'webshop', split: 'test', kind: 'fashion' })
    const episode = await environment.start(tasks[1]!)
    expect(episode.instruction).toBe(environment.shop.goals[1]!.instruction)
    expect(episode.session).toMatchObject({ id: '1', goalIndex: 1 })
    for (const id of [
      'synthetic-',
      'human-1',
      'synthetic-1.5',
      'synthetic--1',
      `synthetic-${tasks.length}`,
      'constructor',
    ]) {
      await expect(environment.start(task(id)), id).rejects.toThrow(/no such goal/)
    }
    expect(() => small({ goals: 'human' })).toThrow(/no human goal/)
  })

  it('shows the page in the mode that is asked for', async () => {
    const opening = async (options: Partial<WebshopOptions>) =>
      (await small(options).start(task('synthetic-0'))).observation
    expect(await opening({})).toMatch(/^WebShop \[SEP\] Instruction: \[SEP\] .* \[SEP\] Search$/)
    expect(await opening({ observation: 'text_rich' })).toMatch(/\n\[button\] Search \[button_\]\n$/)
    expect(await opening({ observation: 'html' })).toMatch(/^<!DOCTYPE html>/)
    expect(await opening({ observation: 'url' })).toBe('http://127.0.0.1:3000/0')
    expect(await opening({ profile: 'verl-agent' })).toBe("'Search'")
  })

  it('rewards a purchase with all its parts, and then stays as it is', async () => {
    const environment = small()
    const index = environment.shop.goals.findIndex(
      ({ asin, options }) => asin === 'B100000000' && options[0]?.[1] === 'red',
    )
    const buy = async (profile: WebshopOptions['profile'], ...actions: string[]) => {
      const episode = await small({ profile: profile! }).start(task(`synthetic-${index}`))
      for (const action of actions) await episode.step(action)
      return { episode, outcome: await episode.step('click[buy now]') }
    }
    const steps = ['search[blue shoe]', 'click[b100000000]']
    const { episode, outcome } = await buy('upstream', ...steps, 'click[red]')
    expect(outcome).toMatchObject({ reward: 1, done: true, won: true, accepted: true })
    expect(outcome.parts).toMatchObject({ total: 1, attributes: 1, options: 1, price: true })
    expect(await episode.step('search[more]')).toBe(outcome)
    expect(episode.admissible!()).toEqual([])
    const wrong = await buy('upstream', ...steps, 'click[blue]')
    expect(wrong.outcome).toMatchObject({ done: true, won: false, parts: { options: 0 } })
    expect(wrong.outcome.reward).toBeCloseTo(2 / 3)
    expect((await buy('verl-agent', ...steps, 'click[blue]')).outcome).toMatchObject({ reward: 0, won: false })
  })

  it('says why an action was not accepted, and shows the same page again', async () => {
    const episode = await small().start(task('synthetic-0'))
    const before = episode.observation
    const outcome = await episode.step('open the door')
    expect(outcome).toMatchObject({
      observation: before,
      accepted: false,
      reason: expect.stringMatching(/^An action is/),
    })
    expect(await episode.step('search[shoe]')).toMatchObject({ accepted: true })
    expect((await episode.step('search[shoe]')).reason).toBeUndefined()
    expect(episode.history.map(({ view }) => view)).toEqual(['start', 'results', 'results'])
  })

  it('hands episodes to whoever assists', async () => {
    const environment = small({
      assistance: {
        expert: ({ session }, sight) => ({ thought: sight, action: `search[${session.goal.query}]` }),
        judge: () => ({ judge: async () => ({ kind: 'slow', reflection: 'Too slow.' }), observe: () => {} }),
      },
    })
    const episode = await (await environment.start(task('synthetic-0'))).fork()
    expect(await episode.expert!('seen')).toEqual({ thought: 'seen', action: 'search[running shoes]' })
    const outcome = await episode.step('search[shoes]')
    expect(await episode.judge!().judge({ thought: '', action: '' }, outcome)).toMatchObject({ kind: 'slow' })
  })

  it('says in its version all that decides about an episode', () => {
    expect(small({ seed: 7, profile: 'agentgym' }).version).toBe(
      'webshop agentgym, synthetic goals, seed 7, small, nouns first word',
    )
  })
})

describe('the made-up shop', () => {
  it('means no product in two splits, but for train and seen', async () => {
    const environment = await openWebshop({ made: { products: 200 } })
    expect(environment.splits).toEqual(['train', 'seen', 'dev', 'unseen'])
    const meant = new Map<string, string>()
    for (const split of environment.splits) {
      const group = split === 'seen' ? 'train' : split
      for (const { id } of await environment.tasks(split)) {
        const { asin } = environment.shop.goals[Number(id.split('-')[1])]!
        expect(meant.get(asin) ?? group).toBe(group)
        meant.set(asin, group)
      }
    }
  })

  it('lists five products a page for small models, and ten like the original where pages are long', async () => {
    for (const [pages, size] of [['short', 5] as const, ['long', 10] as const]) {
      const environment = await openWebshop({ made: { products: 60, pages } })
      const episode = await environment.start((await environment.tasks('train'))[0]!)
      const { observation } = await episode.step('search[shirt shoes lamp tea coffee with for]')
      expect(
        episode.admissible!().filter(action => /^click\[B\d+\]$/.test(action)),
        pages,
      ).toHaveLength(size)
      expect(observation.match(/ \[SEP\] B\d+ /g), pages).toHaveLength(size)
      await environment.close()
    }
  })
})

describe.skipIf(noWebshopData)('the small set (needs shared data)', () => {
  let environment: Webshop
  beforeAll(async () => {
    environment = await openWebshop({ catalogue: webshopData })
  }, 60_000)

  it('has the splits of the baseline models, and those of verl-agent', async () => {
    const counts = async (shop: Webshop) =>
      Promise.all(shop.splits.map(async split => [split, (await shop.tasks(split)).length]))
    expect(await counts(environment)).toEqual([
      ['train', 5410],
      ['eval', 1000],
      ['test', 500],
    ])
    expect((await environment.tasks('test'))[12]).toMatchObject({ id: 'synthetic-12', split: 'test' })
    const { catalogue, shop } = environment
    const verl = createWebshop({ catalogue, search: shop.search, nouns: shop.nouns, profile: 'verl-agent', seed: 1 })
    expect(await counts(verl)).toEqual([
      ['train', 6410],
      ['test', 500],
    ])
    const human = createWebshop({ catalogue, search: shop.search, nouns: shop.nouns, goals: 'human' })
    expect(await counts(human)).toEqual([['test', 13]])
  })

  it('runs five hundred episodes at once over one shop, each for itself', async () => {
    const tasks = (await environment.tasks('train')).slice(0, 500)
    const episodes = await Promise.all(tasks.map(task => environment.start(task)))
    await Promise.all(episodes.map(episode => episode.step(episode.admissible!()[0]!)))
    for (const [index, episode] of episodes.entries()) {
      expect(episode.session).toMatchObject({ goalIndex: 1500 + index, view: 'results' })
      expect(episode.observation.includes(episode.instruction)).toBe(true)
    }
  })
})
