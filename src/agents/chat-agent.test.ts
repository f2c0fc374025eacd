import { afterEach, describe, expect, it } from 'vitest'
import { type ChatBody, type ChatServer, sendJson, startChatServer } from '../../test/kit/chat-server.ts'
import { jar, needsJar } from '../../test/kit/sciworld.ts'
import type { ChatModel } from '../core/agent.ts'
import type { Environment, Move } from '../core/environment.ts'
import type { Step, Trajectory } from '../core/trajectory.ts'
import { createHouseholds } from '../environments/households/environment.ts'
import { openEnvironment } from '../environments/registry.ts'
import { createSciworld } from '../environments/sciworld/environment.ts'
import { createSimulators } from '../environments/sciworld/simulators.ts'
import { createEndpointModel } from '../models/index.ts'
import { playEpisode } from '../play/play.ts'
import { type ChatAgentOptions, createChatAgent } from './chat-agent.ts'
import { LEFT_OUT } from './fit-context.ts'
import { FORMATS, type FormatName } from './formats/formats.ts'
import { makeWorkedExamples } from './worked-examples.ts'

const households = createHouseholds({ tasks: 12 })
const [task] = await households.tasks('unseen')

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

async function playWith(server: ChatServer, options: Partial<ChatAgentOptions> = {}, contextLength?: number) {
  opened.push(server)
  const model: ChatModel = await createEndpointModel(
    { url: server.url, model: 'test', ...(contextLength !== undefined && { contextLength }) },
    { firstWaitSeconds: 0.01 },
  )
  opened.push(model)
  const agent = createChatAgent({ model, prompt: 'You live here.', ...options })
  return playEpisode(task!, { environment: households, tasks: [], agent, stepLimit: 25 })
}

/** What the expert would write, in each format. */
async function expertAnswers(format: FormatName): Promise<(body: ChatBody) => object> {
  const episode = await households.start(task!)
  const moves: Move[] = []
  while (!episode.done) {
    const move = (await episode.expert!('everything'))!
    moves.push(move)
    await episode.step(move.action)
  }
  return body => {
    const played = body.messages.filter(message => message.role === 'assistant' && message.content !== 'OK').length
    const { thought, action } = moves[played]!
    if (format !== 'tools') return { text: `Thought: ${thought}\nAction: ${action}` }
    const call = { function: { name: 'act', arguments: JSON.stringify({ thought, action }) } }
    return { message: { content: null, tool_calls: [call] }, finish: 'tool_calls' }
  }
}

describe('a chat model as an agent', () => {
  it.each(Object.keys(FORMATS) as FormatName[])('plays an episode in the format %s', async format => {
    const answer = await expertAnswers(format)
    const server = await startChatServer(({ body }) => answer(body))
    const trajectory = await playWith(server, { format, explain: true })
    expect(trajectory).toMatchObject({ outcome: 'won', agent: 'test' })
    expect(trajectory.steps.every(step => step.text === undefined && step.accepted)).toBe(true)
    expect(server.calls).toHaveLength(trajectory.steps.length)
    // What a server has read before, it finds in its cache.
    server.calls.slice(1).forEach(({ body }, i) => {
      const before = server.calls[i]!.body.messages
      expect(body.messages.slice(0, before.length)).toEqual(before)
    })
  })

  it('writes down the tokens that it sampled, where the server tells them', async () => {
    const server = await startChatServer(() => ({ text: 'Action: look', choice: { token_ids: [17, 4] } }))
    const { steps } = await playWith(server)
    expect(steps.every(({ tokenIds }) => tokenIds?.join() === '17,4')).toBe(true)
    const silent = await startChatServer(() => 'Action: look')
    expect((await playWith(silent)).steps.some(step => 'tokenIds' in step)).toBe(false)
  })

  it.each(['', 'I do not know.', '{"action": 3}', '\u0000\ud800', 'Action:\n\nAction:'])(
    'goes on when the model writes %j: the environment rejects it',
    async text => {
      for (const format of Object.keys(FORMATS) as FormatName[]) {
        const server = await startChatServer(() => text)
        const { steps, outcome } = await playWith(server, { format })
        expect(outcome).toBe('truncated')
        expect(steps.every(step => !step.accepted && step.text === text)).toBe(true)
      }
    },
  )

  it('stops before it makes up what it would observe', async () => {
    const server = await startChatServer(() => 'Thought: x\nAction: look')
    await playWith(server, { explain: true })
    expect(server.calls[0]!.body.stop).toEqual(['\nObservation:'])
    const shop = await startChatServer(() => 'Thought: x\nAction: look')
    await playWith(shop, { explain: true, stop: ['[SEP]', '\nA', '\nB', '\nC'] })
    expect(shop.calls[0]!.body.stop).toEqual(['\nObservation:', '[SEP]', '\nA', '\nB'])
    const eto = await startChatServer(() => 'Thought: x\nAction: look')
    await playWith(eto, { format: 'eto', explain: true })
    expect(eto.calls[0]!.body.stop).toEqual(FORMATS.eto.stop)
    const trained = await startChatServer(() => 'Thought: x\nAction: look')
    await playWith(trained, { explain: false })
    expect(trained.calls[0]!.body).not.toHaveProperty('stop')
  })
})

describe('a context that is full', () => {
  const contents = (body: ChatBody) => body.messages.reduce((sum, { content }) => sum + content!.length, 0)
  /** Takes so many characters, and says so in vLLM's words when there are more. */
  const narrow = (characters: number) =>
    startChatServer(({ body }) =>
      contents(body) > characters
        ? response => sendJson(response, 400, { error: { message: "This model's maximum context length is …" } })
        : 'Thought: I look again at all that there is.\nAction: look',
    )

  it.each([undefined, 700])('is met by leaving out the oldest observations (known: %s)', async contextLength => {
    const server = await narrow(1800)
    const { steps } = await playWith(
      server,
      { whenFull: 'shorten', prompt: 'You live here. '.repeat(20) },
      contextLength,
    )
    expect(steps).toHaveLength(25)
    expect(steps.every(step => step.text === undefined)).toBe(true)
    const last = server.calls.at(-1)!.body
    expect(last.messages[0]!.content).toMatch(/^You live here\..*Your task is to/s)
    expect(last.messages.some(message => message.content === LEFT_OUT)).toBe(true)
    // The endpoint that told nothing refused a few; nothing is refused at every step.
    expect(server.calls.length - steps.length).toBeLessThan(12)
  })

  it('is otherwise a step without an action', async () => {
    const { steps } = await playWith(await narrow(1000))
    expect(steps.at(-1)).toMatchObject({ action: '', text: '', accepted: false })
  })
})

describe('worked examples', () => {
  const worlds: [string, () => Promise<Environment | undefined>][] = [
    ['households', async () => households],
    ['webshop', () => openEnvironment({ name: 'webshop', made: { products: 300 } })],
    [
      `sciworld${needsJar}`,
      async () => {
        if (!jar) return undefined
        const simulators = createSimulators({ jar })
        opened.push({ close: async () => simulators.close() })
        return createSciworld({ simulators, kinds: ['find-non-living-thing'] })
      },
    ],
  ]

  it.each(worlds)('are short episodes that the expert of %s won', async (_, open) => {
    const environment = await open()
    if (!environment) return
    const [example] = await makeWorkedExamples(environment)
    expect(example!.steps.length).toBeGreaterThanOrEqual(4)
    expect(example!.steps.length).toBeLessThanOrEqual(15)
    expect(example!.steps.every((step: Step) => step.thought !== '' && step.accepted)).toBe(true)
    expect(example!.steps.at(-1)).toMatchObject({ done: true })
  })

  it('are the same each time', async () => {
    expect(await makeWorkedExamples(households)).toEqual(await makeWorkedExamples(households))
  })

  it('are of different kinds where there are several', async () => {
    const examples = await makeWorkedExamples(households, { count: 3 })
    expect(new Set(examples.map(example => example.instruction)).size).toBe(3)
    expect(examples.length).toBe(3)
  })

  it('stand before the task and are not the agent’s own steps', async () => {
    const answer = await expertAnswers('react')
    const examples = await makeWorkedExamples(households)
    const first = examples[0]!.steps.length
    const server = await startChatServer(({ body }) =>
      answer({ ...body, messages: body.messages.slice(2 + 2 * first) }),
    )
    const trajectory: Trajectory = await playWith(server, { examples, explain: true })
    expect(trajectory.outcome).toBe('won')
    expect(server.calls[0]!.body.messages).toHaveLength(2 + 2 * first + 1)
  })

  it('need an expert', async () => {
    const start: Environment['start'] = async task =>
      new Proxy(await households.start(task), {
        get: (target, name) => (name === 'expert' ? undefined : Reflect.get(target, name, target)),
      })
    await expect(makeWorkedExamples({ ...households, start })).rejects.toMatchObject({ code: 'environment' })
  })
})
