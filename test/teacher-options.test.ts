/**
 * What the paper leaves open: when the teacher steps in, and where its reflection stands. All of it is rendered, masked
 * and linted as any other step.
 */
import { describe, expect, it } from 'vitest'
import lightSwitches from '../docs/examples/light-switches.ts'
import { createChatAgent, createScriptedAgent } from '../src/agents/index.ts'
import type { Agent, ChatModel } from '../src/core/agent.ts'
import type { Episode, Task } from '../src/core/environment.ts'
import { createRandom } from '../src/core/random.ts'
import { type Trajectory, trajectorySchema, wasExecuted } from '../src/core/trajectory.ts'
import { createHouseholds } from '../src/environments/households/environment.ts'
import { type PlayOptions, play } from '../src/play/play.ts'
import { lintExamples, MASK_POLICIES, renderExamples, trajectoryMessages } from '../src/render/index.ts'
import { createOracleTeacher } from '../src/teachers/oracle.ts'
import { createChatmlFormat, createTestFormat } from './kit/conversations.ts'

const households = createHouseholds({ tasks: 6 })

/** A task whose third switch is not the lamp's. */
const dark: Task[] = []
for (const task of await lightSwitches.tasks('train')) {
  const episode = await lightSwitches.start(task)
  if (!(await episode.step('flip switch 3')).won) dark.push(task)
}
const tasks = dark.slice(0, 1)

/** The light switches in a world that cannot fork. */
async function startWithoutForks(task: Task): Promise<Episode> {
  const episode = await lightSwitches.start(task)
  delete episode.fork
  return episode
}

const clumsy: Agent = {
  name: 'clumsy',
  async act({ episode, seed, steps }) {
    const random = createRandom(seed, steps.length)
    const action = random.chance(0.2) ? 'open the sky' : random.pick(episode.admissible!())
    return { thought: 'Anything will do.', action }
  },
}

async function explore(options: Partial<PlayOptions>): Promise<Trajectory[]> {
  const trajectories: Trajectory[] = []
  const environment = options.environment ?? households
  const those = options.tasks ?? (await environment.tasks('train')).slice(0, 6)
  const teacher = createOracleTeacher()
  for await (const played of play({ agent: clumsy, teacher, ...options, environment, tasks: those })) {
    trajectories.push(trajectorySchema.parse(played))
  }
  return trajectories
}

const choices = [
  { when: 'after', place: 'thought' },
  { when: 'after', place: 'turn' },
  { when: 'before', place: 'thought' },
  { when: 'before', place: 'turn' },
] as const

describe.each(choices)('reflecting $when the wrong step, in a $place', ({ when, place }) => {
  const explored = explore({ when, place, stepLimit: 20 })

  it('can be replayed: what was executed brings about what was written down', async () => {
    for (const { task, steps } of await explored) {
      const episode = await households.start(task)
      for (const step of steps.filter(wasExecuted)) {
        expect(await episode.step(step.action)).toMatchObject({ observation: step.observation, done: step.done })
      }
    }
  })

  it('puts the correction right after the error, with the reflection in its place', async () => {
    let corrections = 0
    for (const { steps } of await explored) {
      for (const [index, step] of steps.entries()) {
        if (step.by !== 'student' || step.verdict?.ok !== false) continue
        expect(wasExecuted(step)).toBe(when === 'after')
        const next = steps.slice(index + 1, index + 3)
        const { reflection } = step.verdict
        if (next.length === 0) continue
        const correction = place === 'turn' ? next[1]! : next[0]!
        expect(correction).toMatchObject({ by: 'teacher', accepted: true })
        expect(correction.thought.startsWith(`${reflection} `)).toBe(place === 'thought')
        if (place === 'turn') expect(next[0]).toMatchObject({ by: 'teacher', text: `Reflection: ${reflection}` })
        corrections++
      }
    }
    expect(corrections).toBeGreaterThan(20)
  })

  it('keeps to turns of user and assistant', async () => {
    for (const trajectory of await explored) {
      const roles = trajectoryMessages(trajectory).map(({ role }) => role)
      expect(roles).toEqual(roles.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')))
    }
  })

  it('is masked exactly: the lint finds nothing, and each policy trains what it says', async () => {
    const trajectories = (await explored).slice(0, 2)
    for (const format of [await createTestFormat(), await createChatmlFormat()]) {
      for (const mask of MASK_POLICIES) {
        const { examples } = renderExamples(format, trajectories, { mask, maxTokens: 1e6 })
        expect(examples).toHaveLength(trajectories.length)
        expect(lintExamples(examples, { format, trajectories, mask })).toEqual([])
        for (const [index, { spans }] of examples.entries()) {
          const { steps } = trajectories[index]!
          const trained = new Set(spans.filter(span => span.trained).map(span => span.step))
          for (const [at, step] of steps.entries()) {
            const isError = step.verdict?.ok === false
            const expected = mask === 'none' || (!isError && (mask === 'errors' || step.by === 'teacher'))
            expect(trained.has(at)).toBe(expected)
          }
        }
      }
    }
  })
})

describe('before a step is made', () => {
  it('no wrong action reaches the environment', async () => {
    for (const { steps, outcome } of await explore({ when: 'before' })) {
      const executed = steps.filter(wasExecuted)
      expect(executed.every(({ verdict, accepted }) => accepted && verdict?.ok !== false)).toBe(true)
      expect(outcome).toBe('won')
    }
  })

  it('an environment without forks is refused, with what to do', async () => {
    const environment = { ...lightSwitches, start: startWithoutForks }
    await expect(explore({ environment, tasks, when: 'before' })).rejects.toThrow(/must have fork\(\)\n.*when: after/)
  })
})

describe('a reflection in a turn of its own', () => {
  const scripted = (actions: string[]) => createScriptedAgent({ script: actions })
  const alone = { environment: lightSwitches, tasks, corrects: false, teacher: createOracleTeacher() }

  it('may be the agent’s: it costs no step, and the environment is not asked', async () => {
    const agent = scripted(['flip switch 3', 'Reflection: That was dark.', 'flip switch 3'])
    const [played] = await explore({ ...alone, agent, place: 'turn', stepLimit: 2 })
    expect(played!.steps).toMatchObject([
      { action: 'flip switch 3', observation: 'On: 3. The lamp is dark.' },
      { thought: 'That was dark.', action: '', executed: false, observation: 'Go on.' },
      { action: 'flip switch 3', observation: 'On: none. The lamp is dark.' },
    ])
    expect(played!.steps[1]!.verdict).toBeUndefined()
  })

  it('is one turn: an agent that only talks comes to its end', async () => {
    const agent = scripted(Array(6).fill('Reflection: Hm.'))
    const [played] = await explore({ ...alone, agent, place: 'turn', stepLimit: 3 })
    expect(played!.steps.map(wasExecuted)).toEqual([false, true, false, true, false, true])
    expect(played!.steps.filter(wasExecuted).every(({ accepted }) => !accepted)).toBe(true)
  })

  it('is an action like any other where reflections stand in thoughts', async () => {
    const [played] = await explore({ ...alone, agent: scripted(['Reflection: Hm.']), stepLimit: 1 })
    expect(played!.steps).toMatchObject([{ action: 'Reflection: Hm.', accepted: false }])
  })

  it('is seen by a model as what it wrote, and answered', async () => {
    const answers = ['Reflection: I begin.', 'Thought: So.\nAction: flip switch 3']
    const seen: string[][] = []
    const model: ChatModel = {
      name: 'said',
      complete: async ({ messages }) => {
        seen.push(messages.map(({ content }) => content))
        return { text: answers[seen.length - 1]!, finish: 'stop', tokensIn: 1, tokensOut: 1 }
      },
      close: async () => {},
    }
    await explore({ ...alone, agent: createChatAgent({ model }), place: 'turn', stepLimit: 1 })
    expect(seen[1]!.slice(1)).toEqual(['Reflection: I begin.', 'Go on.'])
  })
})

describe('a teacher that errs', () => {
  it('is written down where its correction is rejected after all, and not trained on', async () => {
    const start = async (task: Task) => {
      const episode = await startWithoutForks(task)
      const judge = () => ({
        observe() {},
        judge: async () => ({ kind: 'wrong', reflection: 'No.', correction: { thought: 'So.', action: 'nonsense' } }),
      })
      return Object.assign(episode, { judge })
    }
    const environment = { ...lightSwitches, start }
    const agent = createScriptedAgent({ script: ['flip switch 3'] })
    const [played] = await explore({ environment, agent, stepLimit: 2, tasks })
    expect(played!.steps[1]).toMatchObject({ by: 'teacher', accepted: false, verdict: { ok: false, kind: 'rejected' } })
    const { examples } = renderExamples(await createTestFormat(), [played!], { mask: 'none', maxTokens: 1e6 })
    expect(examples).toHaveLength(1)
    const { dropped } = renderExamples(await createTestFormat(), [played!], { mask: 'errors', maxTokens: 1e6 })
    expect(dropped).toMatchObject([{ reason: 'nothing-trained' }])
  })
})
