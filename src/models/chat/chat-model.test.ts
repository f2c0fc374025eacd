import { describe, expect, it } from 'vitest'
import { GOOD, open, request, serve } from '../../../test/kit/chat-models.ts'
import { completion, type Reply, sendJson } from '../../../test/kit/chat-server.ts'
import type { ChatRequest } from '../../core/agent.ts'
import type { Endpoint } from './endpoint.ts'

describe('a request', () => {
  it('goes out in the words of the protocol, the same for the same request', async () => {
    const server = await serve(() => GOOD)
    const model = await open(server.url, { extra: { top_p: 0.9, seed: null, best_of: 1 } })
    const tool = { name: 'act', description: 'Acts.', parameters: { type: 'object' } }
    const messages: ChatRequest['messages'] = [
      { role: 'user', content: 'A room.' },
      { role: 'assistant', content: '', toolCall: { name: 'act', arguments: '{"action":"look"}' } },
      { role: 'tool', content: 'A mug.' },
    ]
    await model.complete(request('', { messages, stop: ['\nObservation:'], tool, schema: { type: 'object' } }))
    await model.complete(request('', { messages, stop: ['\nObservation:'], tool, schema: { type: 'object' } }))
    expect(server.calls[0]!.path).toBe('/v1/chat/completions')
    expect(server.calls[0]!.body).toEqual({
      model: 'test',
      messages: [
        { role: 'user', content: 'A room.' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'call00001', type: 'function', function: { name: 'act', arguments: '{"action":"look"}' } },
          ],
        },
        { role: 'tool', content: 'A mug.', tool_call_id: 'call00001' },
      ],
      max_tokens: 20,
      temperature: 0,
      stop: ['\nObservation:'],
      tools: [{ type: 'function', function: tool }],
      tool_choice: { type: 'function', function: { name: 'act' } },
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
      },
      best_of: 1,
      top_p: 0.9,
    })
    expect(server.calls[1]!.body).toEqual(server.calls[0]!.body)
  })

  it('carries a seed that depends on its own', async () => {
    const server = await serve(() => GOOD)
    const model = await open(server.url)
    for (const seed of ['0/task/1', '0/task/1', '0/task/2']) await model.complete(request('x', { seed }))
    const [first, again, other] = server.calls.map(call => call.body.seed)
    expect(again).toBe(first)
    expect(other).not.toBe(first)
    for (const seed of [first, other]) expect(seed).toSatisfy(value => Number.isInteger(value) && value! < 2 ** 31)
  })
})

describe('an answer', () => {
  it('keeps what the server gives: token ids, log-probabilities, the call, the finish, the usage, the cost', async () => {
    const content = [
      { token: 'go', logprob: -0.25 },
      { token: '.', logprob: -1.5 },
    ]
    const call = { id: 'x', type: 'function', function: { name: 'act', arguments: '{"action":"go"}' } }
    const server = await serve(() => ({
      message: { content: null, tool_calls: [call] },
      finish: 'length',
      usage: { prompt_tokens: 1000, completion_tokens: 2 },
      choice: { token_ids: [17, 4], logprobs: { content } },
    }))
    const model = await open(server.url, { price: { in: 2, out: 10 } })
    expect(await model.complete(request())).toEqual({
      text: '',
      tokenIds: [17, 4],
      logProbabilities: [-0.25, -1.5],
      toolCall: { name: 'act', arguments: '{"action":"go"}' },
      finish: 'length',
      tokensIn: 1000,
      tokensOut: 2,
      cost: 0.00202,
    })
    expect(model.spent()).toEqual({ requests: 1, tokensIn: 1000, tokensOut: 2, cost: 0.00202, retries: 0 })
  })

  it('keeps a reason to finish that is neither of the two, and its text whatever odd things are beside it', async () => {
    const odd = { logprobs: { content: [{ token: 'x', logprob: null }] }, token_ids: ['x'] }
    const server = await serve(({ index, body }) => {
      if (index === 0) return { text: 'cut', finish: 'content_filter', choice: odd }
      return response => {
        const usage = { prompt_tokens: null, completion_tokens: 3 }
        sendJson(response, 200, { ...completion(body, { text: 'whole' }), usage })
      }
    })
    const model = await open(server.url)
    expect(await model.complete(request())).toMatchObject({
      text: 'cut',
      finish: 'stop',
      finishReason: 'content_filter',
    })
    expect(await model.complete(request())).toMatchObject({ text: 'whole', finish: 'stop' })
    expect(model.spent().retries).toBe(0)
  })

  it('takes the ids that vLLM writes as tokens, texts in parts, and arguments that are an object', async () => {
    const replies: Reply[] = [
      { text: 'x', choice: { logprobs: { content: [{ token: 'token_id:42', logprob: 0 }] } } },
      {
        message: {
          content: [
            { type: 'text', text: 'one ' },
            { type: 'text', text: 'two' },
          ],
        },
      },
      { message: { tool_calls: [{ function: { name: 'act', arguments: { action: 'look' } } }] }, finish: 'tool_calls' },
    ]
    const server = await serve(({ index }) => replies[index]!)
    const model = await open(server.url)
    expect(await model.complete(request())).toMatchObject({ tokenIds: [42], logProbabilities: [0] })
    expect(await model.complete(request())).toMatchObject({ text: 'one two', finish: 'stop' })
    expect((await model.complete(request())).toolCall).toEqual({ name: 'act', arguments: '{"action":"look"}' })
  })

  it('is counted by an estimate where the server does not tell its usage', async () => {
    const server = await serve(({ body }) => response => {
      const { usage: _, ...rest } = completion(body, { text: 'x'.repeat(40) }) as { usage: object }
      sendJson(response, 200, rest)
    })
    const { tokensIn, tokensOut } = await (await open(server.url)).complete(request('y'.repeat(4000)))
    expect(tokensIn).toBeGreaterThan(800)
    expect(tokensIn).toBeLessThan(2000)
    expect(tokensOut).toBeGreaterThan(8)
  })

  it.each([
    [400, { error: { message: "This model's maximum context length is 4096 tokens. However, you requested 5000." } }],
    [400, { error: { code: 'context_length_exceeded', message: 'too long' } }],
    [400, { object: 'error', message: "The input (5000 tokens) is longer than the model's context length (4096)" }],
    [400, { error: { code: 400, message: 'exceeds', type: 'exceed_context_size_error', n_ctx: 4096 } }],
    [422, { error: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096' }],
  ])('to a conversation that is too long says so, in the words of each server (%i %j)', async (status, body) => {
    const server = await serve(() => response => sendJson(response, status, body))
    const answer = await (await open(server.url)).complete(request())
    expect(answer).toEqual({ text: '', finish: 'length', overflow: true, tokensIn: 0, tokensOut: 0 })
    expect(server.calls).toHaveLength(1)
  })
})

describe('many requests', () => {
  it('are under way at once, up to the limit', async () => {
    let now = 0
    let most = 0
    const server = await serve(async () => {
      most = Math.max(most, ++now)
      await new Promise(resolve => setTimeout(resolve, 20))
      now--
      return GOOD
    })
    const model = await open(server.url, { requestsAtOnce: 7 })
    await Promise.all(Array.from({ length: 40 }, (_, i) => model.complete(request(`${i}`))))
    expect(most).toBe(7)
  })

  it('keep to the rate', async () => {
    const times: number[] = []
    const server = await serve(() => {
      times.push(performance.now())
      return GOOD
    })
    const model = await open(server.url, { requestsPerMinute: 1200 })
    await Promise.all(Array.from({ length: 12 }, (_, i) => model.complete(request(`${i}`))))
    // 20 a second: half a second lies between the first and the twelfth, less what a busy machine takes to see the first.
    expect(times[11]! - times[0]!).toBeGreaterThan(300)
  })

  it('end when the signal is aborted, and when the model is closed', async () => {
    const server = await serve(() => () => {})
    for (const stop of ['signal', 'close'] as const) {
      const controller = new AbortController()
      const model = await open(server.url, { requestsAtOnce: 2 }, { signal: controller.signal })
      const pending = ['a', 'b', 'c', 'd'].map(name => model.complete(request(name)).catch(error => error))
      await new Promise(resolve => setTimeout(resolve, 30))
      if (stop === 'signal') controller.abort()
      else await model.close()
      for (const error of await Promise.all(pending)) expect(error).toMatchObject({ code: 'interrupted' })
      await expect(model.complete(request('e'))).rejects.toMatchObject({ code: 'interrupted' })
    }
  })
})

describe('a budget', () => {
  const usage = { prompt_tokens: 100, completion_tokens: 10 }

  it.each([
    [{ budget: { tokens: 1000 } }, 1000],
    [{ budget: { cost: 0.001 }, price: { in: 0.5, out: 5 } }, 1100],
  ])('stops the work before more is spent, however many are at it: %j', async (endpoint, most) => {
    const server = await serve(() => ({ text: GOOD, usage }), { delay: 5 })
    const model = await open(server.url, { ...endpoint, requestsAtOnce: 8 })
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => model.complete(request(`${i} ${'x'.repeat(300)}`))),
    )
    const { tokensIn, tokensOut, requests } = model.spent()
    expect(tokensIn + tokensOut).toBeLessThanOrEqual(most)
    expect(requests).toBeGreaterThan(4)
    expect(server.calls).toHaveLength(requests)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(requests)
    for (const result of results) {
      if (result.status === 'rejected') {
        expect(result.reason).toMatchObject({ code: 'budget', message: expect.stringContaining('Raise the budget') })
      }
    }
  })

  it('in money needs prices', async () => {
    await expect(open('http://127.0.0.1:1/v1', { budget: { cost: 1 } })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('an endpoint', () => {
  it.each([
    { url: 'ftp://127.0.0.1/v1' },
    { url: 'https://user:word@example.org/v1' },
    { url: 'nonsense' },
    { key: 'sk-abcdef0123456789' },
    { requestsAtOnce: 0 },
    { temprature: 1 },
    { model: '' },
  ])('that makes no sense is refused, without showing what may be a key: %j', async wrong => {
    const opening = open('http://127.0.0.1:1/v1', wrong as Partial<Endpoint>)
    await expect(opening).rejects.toMatchObject({ code: 'usage' })
    await expect(opening).rejects.not.toThrow(/abcdef0123456789|word@/)
  })
})

describe('the key', () => {
  const KEY = 'sk-live-0123456789abcdef'
  const environment = { MY_KEY: `${KEY}\n` }

  it('goes to the server and nowhere else, even where the server shows it', async () => {
    const echo = `You sent ${KEY}.`
    const replies: Reply[] = [
      response => sendJson(response, 401, { error: { message: `Wrong key: ${KEY}` } }),
      response => sendJson(response, 400, { unexpected: { headers: KEY } }),
      response => response.writeHead(200, { 'content-type': 'text/plain' }).end(echo),
      { text: echo, message: { tool_calls: [{ function: { name: KEY, arguments: echo } }] } },
    ]
    const server = await serve(({ index }) => replies[index]!)
    const model = await open(server.url, { key: 'MY_KEY', retries: 0 }, { environment })
    for (let i = 0; i < 3; i++) {
      const error: Error = await model.complete(request()).catch(error => error)
      expect(`${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.cause)}`).not.toContain(KEY)
      expect(error.message).toContain('***')
    }
    expect(JSON.stringify(await model.complete(request()))).not.toContain(KEY)
    expect(server.calls[0]!.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(JSON.stringify(model)).not.toContain(KEY)
  })

  it('must be there, in characters that a key has', async () => {
    await expect(open('http://127.0.0.1:1/v1', { key: 'MY_KEY' }, { environment: {} })).rejects.toThrow(/MY_KEY/)
    const opening = open('http://127.0.0.1:1/v1', { key: 'MY_KEY' }, { environment: { MY_KEY: 'se\ncret' } })
    await expect(opening).rejects.toMatchObject({ code: 'usage', message: expect.not.stringContaining('cret') })
  })
})
