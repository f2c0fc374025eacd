import { describe, expect, it } from 'vitest'
import type { Agent } from '../core/agent.ts'
import { defineEnvironment, type Episode, type Misstep, type Move } from '../core/environment.ts'
import { createRandom } from '../core/random.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import { createHouseholds } from '../environments/households/environment.ts'
import { createOracleTeacher } from '../teachers/oracle.ts'
import { type PlayOptions, play } from './play.ts'

const households = createHouseholds({ tasks: 30 })
const tasks = await households.tasks('train')

/** Plays at random, fixed by the situation's seed. */
const wanderer: Agent = {
  name: 'wanderer',
  async act({ episode, seed, steps }) {
    const random = createRandom(seed, steps.length)
    const action = random.chance(0.2) ? 'open the sky' : random.pick(episode.admissible!())
    return { thought: 'Anything will do.', action, tokensIn: 2, tokensOut: 1 }
  },
}
const expert: Agent = { name: 'expert', act: async ({ episode }) => (await episode.expert!('seen'))! }

async function playAll(options: Partial<PlayOptions>): Promise<Trajectory[]> {
  const trajectories: Trajectory[] = []
  for await (const trajectory of play({ environment: households, tasks, agent: wanderer, ...options }))
    trajectories.push(trajectory)
  return trajectories.sort((a, b) => (a.id < b.id ? -1 : 1))
}

describe('play', () => {
  it('gives the same trajectories, byte for byte, however many episodes are open at once', async () => {
    const [one, many] = await Promise.all([
      playAll({ episodesAtOnce: 1, seed: 3 }),
      playAll({ episodesAtOnce: 30, seed: 3 }),
    ])
    expect(JSON.stringify(many)).toBe(JSON.stringify(one))
    expect(JSON.stringify(await playAll({ seed: 4 }))).not.toBe(JSON.stringify(one))
  })

  it('writes down trajectories that replay in the environment and fit the published schema', async () => {
    for (const trajectory of await playAll({ teacher: createOracleTeacher() })) {
      trajectorySchema.parse(trajectory)
      const episode = await households.start(trajectory.task)
      expect(trajectory.opening).toBe(episode.observation)
      for (const step of trajectory.steps) expect((await episode.step(step.action)).observation).toBe(step.observation)
      expect(episode.won).toBe(trajectory.outcome === 'won')
    }
  })

  it('follows each error with a step of the teacher whose thought begins with the reflection', async () => {
    let errors = 0
    for (const { steps } of await playAll({ teacher: createOracleTeacher() })) {
      steps.forEach((step, index) => {
        const previous = steps[index - 1]
        const corrects = previous?.verdict?.ok === false
        expect(step.by).toBe(corrects ? 'teacher' : 'student')
        if (!corrects) return
        errors++
        expect(step.thought.startsWith(`${previous.verdict?.reflection} `)).toBe(true)
        expect(step.accepted).toBe(true)
        expect(step.verdict).toBeUndefined()
      })
    }
    expect(errors).toBeGreaterThan(50)
  })

  it('only writes verdicts down when the teacher is told to watch without correcting', async () => {
    const watched = await playAll({ teacher: createOracleTeacher(), corrects: false })
    const alone = await playAll({})
    expect(watched.flatMap(({ steps }) => steps.map(({ action }) => action))).toEqual(
      alone.flatMap(({ steps }) => steps.map(({ action }) => action)),
    )
    expect(watched.every(({ steps }) => steps.every(({ by, verdict }) => by === 'student' && verdict))).toBe(true)
  })

  it('tells a goal that was reached from a step limit that came first', async () => {
    const played = await playAll({ agent: expert, by: 'expert' })
    expect(played.every(({ outcome, reward, steps }) => outcome === 'won' && reward === 1 && steps.at(-1)!.done)).toBe(
      true,
    )
    const cut = await playAll({ agent: expert, by: 'expert', stepLimit: 2 })
    expect(cut.every(({ outcome, steps }) => outcome === 'truncated' && steps.length === 2)).toBe(true)
  })

  it('adds up what the agent says its moves cost', async () => {
    for (const { steps, provenance } of await playAll({ stepLimit: 5 })) {
      expect(provenance).toMatchObject({ tokensIn: 2 * steps.length, tokensOut: steps.length })
    }
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const listen = async () => {
      for await (const _ of play({
        environment: households,
        tasks,
        agent: wanderer,
        episodesAtOnce: 2,
        signal: controller.signal,
      })) {
        controller.abort(new Error('stopped by the user'))
      }
    }
    await expect(listen()).rejects.toThrow('stopped by the user')
  })

  describe('where a step can no longer be put right', () => {
    // A well: who has jumped can only wait. Its ladder is at the first step.
    const well = defineEnvironment({
      name: 'well',
      splits: ['train'],
      version: '1',
      prompt: '',
      stepLimit: 6,
      tasks: async () => [{ id: 'train/0', environment: 'well', split: 'train', kind: 'well' }],
      start: async () => openWell(''),
      close: async () => {},
    })
    function openWell(begun: string): Episode {
      let place = begun
      const outcome = () => ({ observation: place, reward: 0, done: false, won: false, accepted: true })
      const judge = async ({ action }: Move): Promise<Misstep | undefined> =>
        action === 'jump' ? { kind: 'fallen', reflection: 'It is deep.', hopeless: true } : undefined
      return {
        ...outcome(),
        instruction: 'Stay dry.',
        step: async action => {
          if (action === 'jump') place = 'down'
          return outcome()
        },
        fork: async () => openWell(place),
        expert: async () => (place === 'down' ? undefined : { thought: 'I stay.', action: 'stay' }),
        judge: () => ({ judge, observe: () => {} }),
        close: async () => {},
      }
    }
    const jumper: Agent = {
      name: 'jumper',
      act: async ({ steps }) => ({ thought: '', action: steps.length === 1 ? 'jump' : 'stay' }),
    }
    const fall = async (options: Partial<PlayOptions>) => {
      const teacher = createOracleTeacher()
      const [played] = await playAll({
        environment: well,
        tasks: await well.tasks('train'),
        agent: jumper,
        teacher,
        ...options,
      })
      return played!
    }

    it('ends the episode there', async () => {
      const { steps, outcome } = await fall({})
      expect(steps.map(({ action }) => action)).toEqual(['stay', 'jump'])
      expect(steps.at(-1)!.verdict).toEqual({ ok: false, kind: 'fallen', reflection: 'It is deep.' })
      expect(outcome).toBe('truncated')
    })

    it('lets it go on where the teacher only watches', async () => {
      expect((await fall({ corrects: false })).steps).toHaveLength(6)
    })

    it('lets it go on where the step is judged before it is made, and another made in its place', async () => {
      const { steps } = await fall({ when: 'before' })
      expect(steps.map(({ action, by }) => `${by} ${action}`).slice(0, 4)).toEqual([
        'student stay',
        'student jump',
        'teacher stay',
        'student stay',
      ])
      expect(steps[1]!.executed).toBe(false)
      expect(steps).toHaveLength(7)
    })
  })
})
