import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import type { Step } from '../../core/trajectory.ts'
import type { Webshop } from './environment.ts'
import { openWebshop } from './open-webshop.ts'
import { wander } from './wander.ts'

let webshop: Webshop
beforeAll(async () => {
  webshop = await openWebshop({ made: { products: 300, seed: 'walks' }, goals: 'human' })
})

const walk = (number: number, length = 12) => wander(webshop.shop, number, createRandom('walk', number), length)

/** The remarks of all thoughts of some walks that match a pattern, each with what was seen before it. */
function remarks(pattern: RegExp): { groups: string[]; page: string; before: string; goal: number }[] {
  return Array.from({ length: 60 }, (_, goal) => goal).flatMap(goal => {
    const steps = walk(goal)
    return steps.flatMap(({ thought }, at) =>
      [...thought.matchAll(pattern)].map(([, ...groups]) => {
        const seen = steps.slice(0, at).map(step => `${step.action}\n${step.observation}`)
        return { groups, page: seen.at(-1) ?? '', before: seen.join('\n'), goal }
      }),
    )
  })
}

describe('a walk through the shop', () => {
  it('is the same for the same random stream, and another one for another', () => {
    expect(walk(3)).toEqual(walk(3))
    expect(walk(3)).not.toEqual(wander(webshop.shop, 3, createRandom('other'), 12))
  })

  it('is what the shop answers to its actions', async () => {
    const tasks = await Promise.all(webshop.splits.map(split => webshop.tasks(split)))
    for (const task of tasks.flat().slice(0, 10)) {
      const number = Number(task.id.split('-')[1])
      const episode = await webshop.start(task)
      const answers: Pick<Step, 'observation' | 'reward' | 'done' | 'accepted'>[] = []
      const steps = walk(number)
      for (const { action } of steps) {
        const { observation, reward, done, accepted } = await episode.step(action)
        answers.push({ observation, reward, done, accepted })
      }
      expect(answers).toEqual(
        steps.map(({ observation, reward, done, accepted }) => ({ observation, reward, done, accepted })),
      )
    }
  })

  it('says what products cost as the pages list them, and compares it with the bound', () => {
    const found = remarks(
      /(B\d+) costs (\$[\d.]+(?: to \$[\d.]+)?)\. That (is|may be) (more|less) than ([\d.]+) dollars/g,
    )
    expect(found.length).toBeGreaterThan(100)
    for (const { groups, page, goal } of found) {
      const [asin, price, is, verdict, bound] = groups as [string, string, string, string, string]
      expect(page).toMatch(new RegExp(`${asin} \\[SEP\\] [^[]+ \\[SEP\\] ${price.replaceAll('$', '\\$')}(?= |$)`))
      expect(Number(bound)).toBe(webshop.shop.goals[goal]!.priceUpper)
      const [low, high = low] = [...price.matchAll(/[\d.]+(?=$| )/g)].map(([amount]) => Number(amount)) as [number]
      if (verdict === 'more') expect(low).toBeGreaterThan(Number(bound))
      else if (is === 'is') expect(high).toBeLessThanOrEqual(Number(bound))
    }
  })

  it('says truly what the open product comes in and what its title tells', () => {
    const found = remarks(/I need ([^.]+)\. (It comes in|It does not come in|It has|I do not see it here)/g)
    expect(new Set(found.map(({ groups }) => groups[1])).size).toBe(4)
    for (const { groups, page } of found) {
      const [wanted, verdict] = groups as [string, string]
      // The instruction stands on the page, too: what counts comes after it.
      const shown = page.slice(page.indexOf('Back to Search'))
      const pieces = shown.split(' [SEP] ')
      if (verdict === 'It comes in') expect(pieces).toContain(wanted)
      if (verdict === 'It does not come in') expect(pieces).not.toContain(wanted)
      if (verdict === 'It has') expect(shown).toContain(wanted)
      if (verdict === 'I do not see it here') expect(shown).not.toContain(wanted)
    }
  })

  it('says truly what it looked at and chose', () => {
    for (const { groups, before } of remarks(/I looked at (B\d+)/g)) expect(before).toContain(`click[${groups[0]}]`)
    const chosen = remarks(/I chose ([^.]+)\./g)
    expect(chosen.length).toBeGreaterThan(20)
    for (const { groups, before } of chosen) {
      for (const value of groups[0]!.split(/, | and /)) expect(before).toContain(`click[${value}]`)
    }
  })

  it('opens, chooses, reads, searches anew, goes back, and buys at the end only', () => {
    const walks = Array.from({ length: 60 }, (_, number) => walk(number))
    const last = new Set(walks.map(steps => steps.at(-1)))
    const counts = new Map<string, number>()
    for (const step of walks.flat()) {
      const purpose = /I (\w+)[^.]*\.$/.exec(step.thought)![1]!
      counts.set(purpose, (counts.get(purpose) ?? 0) + 1)
      if (purpose === 'buy') expect(last.has(step)).toBe(true)
    }
    expect([...counts.keys()].sort()).toEqual(['buy', 'choose', 'go', 'open', 'read', 'search'])
    const accepted = walks.flat().filter(step => step.accepted).length / walks.flat().length
    expect(accepted).toBeGreaterThan(0.9)
    expect(accepted).toBeLessThan(1)
  })
})
