import { describe, expect, it } from 'vitest'
import type { Agent, ChatModel, ChatRequest, Situation } from '../core/agent.ts'
import type { Episode } from '../core/environment.ts'
import type { Step } from '../core/trajectory.ts'
import { createHouseholds } from '../environments/households/environment.ts'
import { createEndpointModel } from '../models/index.ts'
import { createChatAgent } from './chat-agent.ts'
import { createExpertAgent } from './expert-agent.ts'
import { createRandomAgent } from './random-agent.ts'
import { createScriptedAgent } from './scripted-agent.ts'

const households = createHouseholds({ tasks: 8 })
const tasks = await households.tasks('train')

async function begin(index = 0): Promise<Situation & { steps: Step[] }> {
  const task = tasks[index]!
  const episode = await households.start(task)
  const { instruction, observation: opening } = episode
  return { task, instruction, opening, steps: [], conversation: 'c', seed: `0/${task.id}`, episode }
}

/** Lets an agent play on; returns what it did. */
async function playOn(agent: Agent, situation: Situation & { steps: Step[] }, count: number): Promise<Step[]> {
  while (situation.steps.length < count && !situation.episode.done) {
    const move = await agent.act(situation)
    situation.steps.push({ ...move, ...(await situation.episode.step(move.action)), by: 'student' })
  }
  return situation.steps
}

const without = (episode: Episode, part: 'expert' | 'admissible'): Episode =>
  new Proxy(episode, { get: (target, key) => (key === part ? undefined : Reflect.get(target, key, target)) })

describe('the chat agent', () => {
  /** A model that says the same each time and notes what it was asked. */
  const talker = (text: string) => {
    const requests: ChatRequest[] = []
    const forgotten: string[] = []
    const model: ChatModel = {
      name: 'talker',
      checkpoint: 'abc',
      complete: async request => {
        requests.push(request)
        return { text, finish: 'stop', tokensIn: 5, tokensOut: 3 }
      },
      forget: conversation => forgotten.push(conversation),
      close: async () => {},
    }
    return { model, requests, forgotten }
  }

  it('sends the conversation so far, and reads thought and action out of the answer', async () => {
    const { model, requests, forgotten } = talker('Thought: Let me see.\nAction: look')
    const agent = createChatAgent({ model, prompt: 'You live here.', temperature: 0.5, answerTokens: 30 })
    const situation = await begin()
    const [first] = await playOn(agent, situation, 2)
    expect(agent).toMatchObject({ name: 'talker', model: 'talker', checkpoint: 'abc' })
    expect(first).toMatchObject({ thought: 'Let me see.', action: 'look', tokensIn: 5, tokensOut: 3 })
    expect(first).not.toHaveProperty('text')
    expect(requests[0]!.messages[0]!.content).toContain('You live here.')
    expect(requests[1]!.messages.map(message => message.role)).toEqual(['user', 'assistant', 'user'])
    expect(requests[1]!.messages[2]!.content).toBe(first!.observation)
    expect(requests[1]).toMatchObject({ conversation: 'c', maxTokens: 30, temperature: 0.5 })
    expect(requests[0]!.seed).not.toBe(requests[1]!.seed)
    agent.forget?.('c')
    expect(forgotten).toEqual(['c'])
  })

  it.each(['', 'gibberish <|end|>', 'Thought: only that', 'Action:', '\u0000\ud800'])(
    'makes a rejected step of %j, keeping what was written',
    async text => {
      const situation = await begin()
      const [step] = await playOn(createChatAgent({ model: talker(text).model }), situation, 1)
      expect(step).toMatchObject({ accepted: false, text })
    },
  )
})

describe('a chat agent that is held to the admissible actions', () => {
  const chooser: ChatModel = {
    name: 'chooser',
    complete: async ({ choices }) => {
      const choice = choices!.texts.at(-1)!
      return { text: `Action: dance\n${choices!.after}${choice}`, choice, finish: 'stop', tokensIn: 1, tokensOut: 1 }
    },
    close: async () => {},
  }

  it('plays what the model chose among them, whatever else it wrote', async () => {
    const agent = createChatAgent({ model: chooser, constrain: 'admissible' })
    const situation = await begin()
    const expected = situation.episode.admissible!().at(-1)
    const [step] = await playOn(agent, situation, 1)
    expect(step).toMatchObject({ action: expected, accepted: true, text: `Action: dance\nAction: ${expected}` })
    expect((await playOn(agent, situation, 10)).every(({ accepted }) => accepted)).toBe(true)
  })

  it('refuses where the environment lists none, the format is another, or the model cannot choose', async () => {
    const situation = await begin()
    const agent = createChatAgent({ model: chooser, constrain: 'admissible' })
    const episode = without(situation.episode, 'admissible')
    await expect(agent.act({ ...situation, episode })).rejects.toThrow(/only where they are listed.*households/s)
    const tools = createChatAgent({ model: chooser, constrain: 'admissible', format: 'tools' })
    await expect(tools.act(situation)).rejects.toThrow(/format react/)
    const model = await createEndpointModel({ url: 'http://127.0.0.1:9/v1', model: 'far' })
    const far = createChatAgent({ model, constrain: 'admissible' })
    await expect(far.act(situation)).rejects.toThrow(/admissible actions/)
    await model.close()
  })
})

describe('the expert agent', () => {
  it('wins', async () => {
    const situation = await begin()
    await playOn(createExpertAgent({ sight: 'everything' }), situation, households.stepLimit)
    expect(situation.episode.won).toBe(true)
  })

  it('looks around where the expert knows no way, and refuses where there is none', async () => {
    const situation = await begin()
    const agent = createExpertAgent({ sight: 'seen' })
    const lost = {
      ...situation,
      episode: Object.create(situation.episode, { expert: { value: async () => undefined } }),
    }
    expect(await agent.act(lost)).toMatchObject({ action: 'look' })
    const none = { ...situation, episode: without(situation.episode, 'expert') }
    await expect(agent.act(none)).rejects.toThrow(/no expert.*households/s)
  })
})

describe('the scripted agent', () => {
  it('plays its moves, whatever a teacher plays in between, and says when none is left', async () => {
    const agent = createScriptedAgent({ script: ['look', { thought: 'Again.', action: 'inventory' }] })
    const situation = await begin()
    const [first] = await playOn(agent, situation, 1)
    situation.steps.push({ ...first!, by: 'teacher' })
    expect(await agent.act(situation)).toEqual({ thought: 'Again.', action: 'inventory' })
    situation.steps.push(first!)
    await expect(agent.act(situation)).rejects.toMatchObject({ code: 'usage' })
  })

  it('plays for each task its own', async () => {
    const agent = createScriptedAgent({ script: ({ task }) => [`say ${task.id}`] })
    expect((await agent.act(await begin(1))).action).toBe(`say ${tasks[1]!.id}`)
  })
})

describe('the random agent', () => {
  it('plays the same for the same seed, and only what is accepted', async () => {
    const [one, two] = [await begin(), await begin()]
    const steps = await playOn(createRandomAgent(), one, 30)
    expect(steps.every(step => step.accepted)).toBe(true)
    expect(await playOn(createRandomAgent(), two, 30)).toEqual(steps)
    const other = { ...(await begin()), seed: 'another' }
    expect((await playOn(createRandomAgent(), other, 30)).map(step => step.action)).not.toEqual(
      steps.map(step => step.action),
    )
  })

  it('plays rejected actions as often as it is told', async () => {
    const steps = (
      await Promise.all(tasks.map(async (_, i) => playOn(createRandomAgent({ rejected: 0.5 }), await begin(i), 30)))
    ).flat()
    const share = steps.filter(step => !step.accepted).length / steps.length
    expect(share).toBeGreaterThan(0.4)
    expect(share).toBeLessThan(0.6)
  })

  it('needs a list of admissible actions', async () => {
    const situation = await begin()
    const episode = without(situation.episode, 'admissible')
    await expect(createRandomAgent().act({ ...situation, episode })).rejects.toMatchObject({ code: 'environment' })
  })
})
