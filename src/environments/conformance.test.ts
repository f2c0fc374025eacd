import { describe, expect, it } from 'vitest'
import lightSwitches from '../../docs/examples/light-switches.ts'
import type { Environment, Episode, Outcome } from '../core/environment.ts'
import { environmentConformance } from './conformance.ts'

/** The names of the promises that an environment breaks. */
async function broken(environment: Environment): Promise<string[]> {
  const names: string[] = []
  for (const check of environmentConformance(() => environment)) {
    await check.run().catch(() => names.push(check.name))
  }
  return names
}

/** The light switches, with something wrong about their episodes. */
function flawed(flaw: (episode: Episode) => Partial<Episode>): Environment {
  const wrap = (episode: Episode): Episode => {
    const changes = flaw(episode)
    return new Proxy(episode, { get: (target, key) => Reflect.get(key in changes ? changes : target, key) })
  }
  return { ...lightSwitches, start: async task => wrap(await lightSwitches.start(task)) }
}

/** The light switches, with something wrong about their outcomes. */
const misreporting = (change: (outcome: Outcome, action: string) => Outcome) =>
  flawed(episode => ({ step: async action => change(await episode.step(action), action) }))

describe('environmentConformance', () => {
  it('finds nothing wrong with a sound environment', async () => {
    expect(await broken(lightSwitches)).toEqual([])
  })

  const badAction = 'answers a bad action with an observation, never a throw, and does not accept it'
  const consistent = 'keeps reward in [0, 1], done and won consistent, and says why an action was not accepted'
  const flaws: [string, Environment, string][] = [
    ['a name that is not kebab-case', { ...lightSwitches, name: 'Light Switches' }, 'has a kebab-case name'],
    ['a task in two splits', { ...lightSwitches, tasks: () => lightSwitches.tasks('train') }, 'lists the same tasks'],
    [
      'a list of tasks in random order',
      { ...lightSwitches, tasks: async split => shuffled(await lightSwitches.tasks(split)) },
      'lists the same tasks in the same order',
    ],
    ['an opening that changes', flawed(() => ({ observation: String(counter++) })), 'starts the same task'],
    [
      'a throw at a bad action',
      flawed(episode => ({
        step: action => (action === '' ? Promise.reject(new Error('empty')) : episode.step(action)),
      })),
      badAction,
    ],
    ['a bad action that is accepted', misreporting(outcome => ({ ...outcome, accepted: true })), badAction],
    ['a reward of 2', misreporting(outcome => ({ ...outcome, reward: 2 })), consistent],
    ['won but not done', misreporting(outcome => ({ ...outcome, done: false })), consistent],
    ['no reason', misreporting(({ reason: _, ...outcome }) => outcome), consistent],
    [
      'outcomes left to chance',
      misreporting(outcome => ({ ...outcome, observation: String(counter++) })),
      'gives the same outcomes',
    ],
    [
      'an admissible action that is not accepted',
      flawed(() => ({ admissible: () => ['flip switch 99'] })),
      'accepts the actions',
    ],
    ['a fork that is the episode itself', flawed(episode => ({ fork: async () => episode })), 'forks into an equal'],
    ['an expert that throws', flawed(() => ({ expert: () => Promise.reject(new Error('lost')) })), 'has experts'],
    [
      'an expert that does not win',
      flawed(() => ({ expert: async () => ({ thought: '', action: 'wait' }) })),
      'has an expert that wins',
    ],
    [
      'a judge that flags everything',
      flawed(() => ({ judge: () => ({ observe() {}, judge: async () => ({ kind: 'bad', reflection: 'Bad.' }) }) })),
      'has a judge',
    ],
    [
      'a second close that throws',
      flawed(() => {
        let closed = 0
        return { close: async () => (closed++ > 0 ? Promise.reject(new Error('closed')) : undefined) }
      }),
      'closes twice',
    ],
    ['one episode for all', sharing(), 'gives the same outcomes'],
    [
      'episodes that meet in a common variable',
      flawed(episode => ({
        step: async action => {
          stepping = episode
          await Promise.resolve()
          return stepping.step(action)
        },
      })),
      'lets many episodes run at once',
    ],
  ]

  it.each(flaws)('finds %s', async (_, environment, promise) => {
    expect(await broken(environment)).toContainEqual(expect.stringContaining(promise))
  })
})

let counter = 0
let stepping: Episode

function shuffled<T>(items: T[]): T[] {
  counter++
  return counter % 2 ? items : [...items].reverse()
}

/** All episodes of a task are one and the same. */
function sharing(): Environment {
  const episodes = new Map<string, Promise<Episode>>()
  return {
    ...lightSwitches,
    start: task => {
      const episode = episodes.get(task.id) ?? lightSwitches.start(task)
      episodes.set(task.id, episode)
      return episode
    },
  }
}
