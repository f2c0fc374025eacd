import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ChatServer, startChatServer } from '../../../test/kit/chat-server.ts'
import type { ChatRequest, Message } from '../../core/agent.ts'
import { readJsonlFile } from '../../store/jsonl.ts'
import { createEndpointModel, type EndpointModelOptions } from './chat-model.ts'
import type { Endpoint } from './endpoint.ts'
import { exchangeSchema } from './record.ts'

const KEY = 'sk-live-0123456789abcdef'
let folder: string
let record: string
let server: ChatServer
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'misstep-record-'))
  record = join(folder, 'exchanges.jsonl')
  // Never the same answer twice: whoever gets the same one was not here again.
  server = await startChatServer(({ index }) => ({
    text: `answer ${index}, ${KEY}`,
    usage: { prompt_tokens: 100, completion_tokens: 10 },
    choice: { token_ids: [index] },
  }))
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** Opens a model, lets it work and closes it. */
async function using<T>(
  options: EndpointModelOptions,
  work: (model: Awaited<ReturnType<typeof createEndpointModel>>) => Promise<T>,
  endpoint: Partial<Endpoint> = {},
): Promise<T> {
  const environment = { MY_KEY: KEY }
  const model = await createEndpointModel(
    { url: server.url, model: 'test', key: 'MY_KEY', price: { in: 1, out: 2 }, ...endpoint },
    { environment, ...options },
  )
  try {
    return await work(model)
  } finally {
    await model.close()
  }
}

/** A conversation of three turns in which each message follows from the answer before. */
async function talk(model: Awaited<ReturnType<typeof createEndpointModel>>, name: string) {
  const messages: Message[] = [{ role: 'user', content: `I am ${name}.` }]
  const answers = []
  for (let turn = 0; turn < 3; turn++) {
    const request: ChatRequest = { messages, conversation: name, maxTokens: 5, temperature: 1, seed: `${name}/${turn}` }
    answers.push(await model.complete(request))
    messages.push({ role: 'assistant', content: answers.at(-1)!.text }, { role: 'user', content: `turn ${turn}` })
  }
  return answers
}

describe('a record', () => {
  it('repeats a run exactly, without the network and without the key', async () => {
    const names = ['Ada', 'Bo', 'Cy']
    const run = (model: Parameters<typeof talk>[0]) => Promise.all(names.map(name => talk(model, name)))
    const [live, spent] = await using({ record }, async model => [await run(model), model.spent()] as const)
    await server.close()
    await using({ replay: record, environment: {} }, async model => {
      expect(await run(model)).toEqual(live)
      expect(model.spent()).toEqual(spent)
    })
    expect(await readFile(record, 'utf8')).not.toContain(KEY)
  })

  it('holds every exchange once: what is new in it, and what it goes on from', async () => {
    await using({ record }, model => talk(model, 'Ada'))
    const lines = await readJsonlFile(record, exchangeSchema)
    expect(lines.map(line => line.messages.length)).toEqual([1, 2, 2])
    expect(lines.map(line => line.after)).toEqual([undefined, lines[0]!.key, lines[1]!.key])
    expect(lines[0]).toMatchObject({
      messages: [{ role: 'user', content: 'I am Ada.' }],
      settings: { model: 'test', max_tokens: 5, temperature: 1 },
      answer: { text: 'answer 0, ***', tokenIds: [0], tokensIn: 100, tokensOut: 10 },
    })
  })

  it('answers what it holds and asks for the rest, also after a torn line', async () => {
    const first = await using({ record }, model => talk(model, 'Ada'))
    await appendFile(record, '{"key":"half')
    await using({ record }, async model => {
      expect(model.spent()).toMatchObject({ requests: 3, tokensIn: 300, tokensOut: 30 })
      expect(await talk(model, 'Ada')).toEqual(first)
      await talk(model, 'Bo')
      expect(model.spent()).toMatchObject({ requests: 6 })
    })
    expect(server.calls).toHaveLength(6)
    expect(await readJsonlFile(record, exchangeSchema)).toHaveLength(6)
  })

  it('sends the same request once, even when it is asked for twice at once', async () => {
    const request: ChatRequest = {
      messages: [{ role: 'user', content: 'x' }],
      conversation: 'a',
      maxTokens: 5,
      temperature: 1,
      seed: '',
    }
    const [one, two] = await using({ record }, model =>
      Promise.all([model.complete(request), model.complete({ ...request, conversation: 'b' })]),
    )
    expect(two).toEqual(one)
    expect(server.calls).toHaveLength(1)
  })

  it('goes on where the budget stopped the run, once it is raised', async () => {
    const work = (model: Parameters<typeof talk>[0]) => talk(model, 'Ada')
    const stopped = using({ record }, work, { budget: { tokens: 250 } })
    await expect(stopped).rejects.toMatchObject({ code: 'budget' })
    const again = using({ record }, work, { budget: { tokens: 250 } })
    await expect(again).rejects.toMatchObject({ code: 'budget' })
    expect(server.calls).toHaveLength(2)
    expect(await using({ record }, work, { budget: { tokens: 600 } })).toHaveLength(3)
    expect(server.calls).toHaveLength(3)
  })

  it('that does not know a request says so', async () => {
    await using({ record }, model => talk(model, 'Ada'))
    const asking = using({ replay: record }, model => talk(model, 'Zoe'))
    await expect(asking).rejects.toMatchObject({ code: 'data', message: expect.stringContaining('I am Zoe.') })
    const missing = using({ replay: join(folder, 'nowhere.jsonl') }, async () => {})
    await expect(missing).rejects.toMatchObject({ code: 'data' })
    expect(server.calls).toHaveLength(3)
  })
})
