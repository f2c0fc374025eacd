import { describe, expect, it } from 'vitest'
import type { Agent } from '../core/agent.ts'
import {
  defineEnvironment,
  type Environment,
  type Episode,
  type Misstep,
  type Move,
  type Task,
} from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
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

/** Households in which the world breaks in some episodes, in the middle of them. */
function breaking(isBroken: (task: Task) => boolean, code: MisstepError['code'] = 'environment'): Environment {
  return {
    ...households,
    async start(task) {
      const episode = await households.start(task)
      if (!isBroken(task)) return episode
      let steps = 0
      const step = async (action: string) => {
        if (++steps === 3) throw new MisstepError(code, 'The engine is gone', { value: action, advice: 'Mend it.' })
        return episode.step(action)
      }
      return Object.assign(Object.create(episode), { step })
    },
  }
}

/** What was played, and the error at the end. */
async function playToTheError(options: Partial<PlayOptions>): Promise<{ ids: string[]; error: Error }> {
  const ids: string[] = []
  try {
    for await (const { id } of play({ environment: households, tasks, agent: wanderer, ...options })) ids.push(id)
  } catch (error) {
    return { ids: ids.sort(), error: error as Error }
  }
  throw new Error('There was no error')
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

  it.each([1, 4, 64])('plays all other episodes when the world breaks in some, %i at once', async episodesAtOnce => {
    const broken = [tasks[0]!, tasks[7]!, tasks[29]!]
    const { ids, error } = await playToTheError({
      environment: breaking(task => broken.includes(task)),
      episodesAtOnce,
    })
    expect(ids).toEqual(
      tasks
        .filter(task => !broken.includes(task))
        .map(({ id }) => id)
        .sort(),
    )
    expect(error).toMatchObject({ name: 'MisstepError', code: 'environment' })
    expect(error.message).toMatch(/^The environment failed in 3 of 30 episodes:\n/)
    for (const { id } of broken) expect(error.message).toContain(id)
    expect(error.cause).toMatchObject({ code: 'environment', message: expect.stringContaining('The engine is gone') })
  })

  it('names the first few episodes that the world broke in, each reason and each advice once', async () => {
    const reasonOf = (task: Task) => (tasks.indexOf(task) % 2 === 0 ? 'even' : 'odd')
    const environment: Environment = {
      ...households,
      async start(task) {
        if (tasks.indexOf(task) < 8) throw new MisstepError('environment', reasonOf(task), { advice: 'Mend it.' })
        return households.start(task)
      },
    }
    const { error } = await playToTheError({ environment, episodesAtOnce: 1, stepLimit: 1 })
    const [even, odd] = [0, 1].map(first => [0, 2, 4].map(more => tasks[first + more]!.id).join(', '))
    const lines = error.message.split('\n')
    expect(lines[0]).toBe('The environment failed in 8 of 30 episodes:')
    expect(lines.slice(1, 3).sort()).toEqual([`  ${even} and 1 more: even`, `  ${odd} and 1 more: odd`].sort())
    expect(lines.slice(3)).toEqual(['  Mend it.', expect.stringMatching(/^ {2}Nothing of this counts\./)])
  })

  it('stops early when the world breaks in each episode', async () => {
    let started = 0
    const environment = breaking(() => ++started > 0)
    const { ids, error } = await playToTheError({ environment, episodesAtOnce: 2 })
    expect(ids).toEqual([])
    expect(started).toBeLessThan(15)
    expect(error.message).toMatch(
      new RegExp(`failed in all ${started} episodes that were begun, so ${30 - started} were not`),
    )
  })

  it('does not take the first tasks for the whole world', async () => {
    const broken = tasks.slice(0, 20)
    const { ids } = await playToTheError({ environment: breaking(task => broken.includes(task)), episodesAtOnce: 1 })
    expect(ids).toEqual(
      tasks
        .slice(20)
        .map(({ id }) => id)
        .sort(),
    )
  })

  it('ends at once with an error that is not of the world', async () => {
    const environment = breaking(task => task === tasks[0], 'model')
    const { ids, error } = await playToTheError({ environment, episodesAtOnce: 1 })
    expect({ ids, error }).toMatchObject({
      ids: [],
      error: { code: 'model', message: expect.stringMatching(/^The engine/) },
    })
  })

  it('says that it was stopped, whatever the world did before', async () => {
    const controller = new AbortController()
    const environment: Environment = {
      ...households,
      async start() {
        controller.abort(new Error('stopped by the user'))
        throw new MisstepError('environment', 'The engine is gone')
      },
    }
    const { error } = await playToTheError({ environment, tasks: tasks.slice(0, 1), signal: controller.signal })
    expect(error.message).toBe('stopped by the user')
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
