import { describe, expect, it } from 'vitest'
import { GOOD, open, request, serve } from '../../../test/kit/chat-models.ts'
import { type Reply, sendJson, startChatServer } from '../../../test/kit/chat-server.ts'

describe('an endpoint that misbehaves for a while', () => {
  const misdeeds: Record<string, Reply> = {
    'says 429': response => sendJson(response, 429, { error: { message: 'Slow down.' } }),
    'says 500': response => sendJson(response, 500, {}),
    'says 529': response => sendJson(response, 529, {}),
    'says 530': response => sendJson(response, 530, {}),
    'says 503 and when to come back': response => sendJson(response, 503, {}, { 'retry-after': '0' }),
    'sends half an answer': (response, request) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write('{"choices": [{"mess', () => request.socket.destroy())
    },
    'ends a chunked answer early': (response, request) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"choices": []', () => request.socket.destroy())
    },
    'sends broken JSON': response => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"choices": [{"message": {"content": "Thought')
    },
    'sends no choice': response => sendJson(response, 200, { choices: [] }),
    'sends a choice without a message': response => sendJson(response, 200, { choices: [{}] }),
    'sends null': response => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('null')
    },
    'sends nothing': response => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end()
    },
    'resets the connection': (_, request) => request.socket.resetAndDestroy(),
    'closes the connection': (_, request) => request.socket.destroy(),
    'never answers': () => {},
    'never ends its answer': response => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{')
    },
  }

  /** Long enough for a busy machine, short where it must run out. */
  const patience = (misdeed: string) => (misdeed.startsWith('never') ? 0.5 : 20)

  it.each(Object.keys(misdeeds))('and %s is asked again', async misdeed => {
    const server = await serve(({ index }) => (index < 2 ? misdeeds[misdeed]! : GOOD))
    const model = await open(server.url, { timeoutSeconds: patience(misdeed) })
    expect((await model.complete(request())).text).toBe(GOOD)
    expect(server.calls).toHaveLength(3)
    expect(model.spent()).toMatchObject({ requests: 1, retries: 2 })
  })

  it.each(Object.keys(misdeeds))('and %s for ever is given up, with a reason', async misdeed => {
    const server = await serve(() => misdeeds[misdeed]!)
    const model = await open(server.url, { retries: 1, timeoutSeconds: patience(misdeed) })
    await expect(model.complete(request())).rejects.toMatchObject({
      code: 'model',
      message: expect.stringMatching(/^The endpoint .*, 2 times[\s\S]*\n {2}\S/),
    })
    expect(server.calls).toHaveLength(2)
    expect(model.spent()).toMatchObject({ requests: 0, retries: 1 })
  })

  it('is left alone for as long as it asks, by everybody', async () => {
    const times: number[] = []
    const server = await serve(({ index }) => {
      times.push(Date.now())
      if (index > 0) return GOOD
      return response => sendJson(response, 429, {}, { 'retry-after': '0.4' })
    })
    const model = await open(server.url, { requestsAtOnce: 1 })
    await Promise.all(['a', 'b', 'c'].map(name => model.complete(request(name))))
    expect(times).toHaveLength(4)
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(390)
  })

  it('storms with 429 and answers all in the end, whatever the number of retries', async () => {
    let room = 0
    const refill = setInterval(() => {
      room = 4
    }, 15)
    const server = await serve(() => {
      if (room-- > 0) return GOOD
      return response => sendJson(response, 429, { error: { message: 'Rate limit reached.' } })
    })
    const model = await open(server.url, { requestsAtOnce: 30, retries: 3 })
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => model.complete(request(`${i}`))))
    clearInterval(refill)
    expect(answers.every(answer => answer.text === GOOD)).toBe(true)
    expect(model.spent().retries).toBeGreaterThan(30)
  })

  it('goes away and comes back: nothing is lost', async () => {
    const first = await serve(() => GOOD, { delay: 20 })
    const model = await open(first.url, { requestsAtOnce: 10 }, { firstWaitSeconds: 0.04 })
    const port = Number(new URL(first.url).port)
    const answers = Promise.all(Array.from({ length: 100 }, (_, i) => model.complete(request(`${i}`))))
    while (model.spent().requests < 20) await new Promise(resolve => setTimeout(resolve, 5))
    await first.close()
    // The waits of 40 ms and on outlast 1.2 seconds as those of 2 s and on outlast a minute.
    await new Promise(resolve => setTimeout(resolve, 1200))
    await serve(() => GOOD, { port })
    expect((await answers).every(answer => answer.text === GOOD)).toBe(true)
    expect(model.spent().requests).toBe(100)
  })

  /** A server that is away, behind a gateway that says so, and what was sent to it meanwhile. */
  async function serveWithOutages(headers: object = {}) {
    const outage = { isNow: false, calls: 0 }
    const server = await serve(
      () => {
        if (!outage.isNow) return GOOD
        outage.calls++
        return response => sendJson(response, 503, {}, headers)
      },
      { delay: 10 },
    )
    return { ...server, outage }
  }
  const sleep = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

  it('is asked by one request at a time while it is away, and by all soon after it is back', async () => {
    const { url, outage } = await serveWithOutages()
    const model = await open(url, { requestsAtOnce: 50 }, { firstWaitSeconds: 0.1 })
    await model.complete(request())
    outage.isNow = true
    const answers = Promise.all(Array.from({ length: 150 }, (_, i) => model.complete(request(`${i}`))))
    await sleep(2500)
    outage.isNow = false
    // Those of the first moment, and then one each 200 ms; each for itself would have asked five times.
    expect(outage.calls).toBeLessThan(50 + 25)
    expect(outage.calls).toBeGreaterThan(50 + 5)
    const begin = performance.now()
    expect((await answers).every(answer => answer.text === GOOD)).toBe(true)
    // The fifth waits of 1.6 seconds would end up to 1.4 seconds from now, the sixth of 3.2 seconds even later.
    expect(performance.now() - begin).toBeLessThan(1400)
    expect(model.spent().requests).toBe(151)
  })

  it('is left alone for as long as it asks while it is away', async () => {
    const { url, outage } = await serveWithOutages({ 'retry-after': '0.5' })
    const model = await open(url, { requestsAtOnce: 5 })
    await model.complete(request())
    outage.isNow = true
    const answers = Promise.all(Array.from({ length: 10 }, (_, i) => model.complete(request(`${i}`))))
    await sleep(1200)
    outage.isNow = false
    expect(outage.calls).toBeLessThanOrEqual(5 + 3)
    expect((await answers).every(answer => answer.text === GOOD)).toBe(true)
  })

  it('that stays away is given up for all at once, without each of them trying', async () => {
    const { url, outage } = await serveWithOutages()
    const model = await open(url, { requestsAtOnce: 10, retries: 3 }, { firstWaitSeconds: 0.02 })
    await model.complete(request())
    outage.isNow = true
    const results = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => model.complete(request(`${i}`))))
    expect(results.every(result => result.status === 'rejected' && /503, \d+ times/.test(result.reason.message))).toBe(
      true,
    )
    expect(outage.calls).toBeLessThan(10 + 10)
    outage.isNow = false
    expect((await model.complete(request('again'))).text).toBe(GOOD)
  })

  it('because of one request is not taken to be away for the others', async () => {
    const server = await serve(({ body }) =>
      body.messages[0]?.content === 'bad' ? (_, request) => request.socket.resetAndDestroy() : GOOD,
    )
    const model = await open(server.url, { requestsAtOnce: 1, retries: 3 })
    const names = ['bad', ...Array.from({ length: 30 }, (_, i) => `${i}`)]
    const results = await Promise.allSettled(names.map(name => model.complete(request(name))))
    expect(results.map(({ status }) => status)).toEqual(names.map(name => (name === 'bad' ? 'rejected' : 'fulfilled')))
    expect(server.calls.length).toBeLessThan(30 + 2 * 4)
  })
})

describe('an endpoint that will never answer', () => {
  const final: [string, Reply, RegExp][] = [
    [
      'a wrong key',
      response => sendJson(response, 401, { error: { message: 'Bad key.' } }),
      /401: "Bad key\."[\s\S]*`key`/,
    ],
    [
      'no such model',
      response => sendJson(response, 404, { error: 'No model test' }),
      /404: "No model test"[\s\S]*\/v1/,
    ],
    [
      'an unknown field',
      response => sendJson(response, 400, { error: { message: 'seed?' } }),
      /seed\?[\s\S]*extra.*the endpoint's YAML file/,
    ],
    [
      'a field that is called otherwise',
      response => sendJson(response, 400, { error: { message: "Use 'max_completion_tokens' instead." } }),
      /extra: \{ max_tokens: null, max_completion_tokens: 512 \}/,
    ],
    [
      'an empty account',
      response => sendJson(response, 429, { error: { code: 'insufficient_quota', message: 'Pay.' } }),
      /Pay\.[\s\S]*pay with/,
    ],
    [
      'a quota of the day',
      response => sendJson(response, 429, { error: { message: 'Tomorrow.' } }, { 'retry-after': '80000' }),
      /Tomorrow\./,
    ],
    [
      'a web page',
      response => {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        response.end('<html>')
      },
      /text\/html in place of JSON[\s\S]*\/v1/,
    ],
    [
      'an endless answer',
      response => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const more = () => {
          while (!response.destroyed && response.write(' '.repeat(1 << 16)));
          if (!response.destroyed) response.once('drain', more)
        }
        more()
      },
      /more than 16 MB/,
    ],
  ]

  it.each(final)('(%s) is asked once', async (_, reply, message) => {
    const server = await serve(() => reply)
    const model = await open(server.url)
    await expect(model.complete(request())).rejects.toMatchObject({
      code: 'model',
      message: expect.stringMatching(message),
    })
    expect(server.calls).toHaveLength(1)
  })

  it('is told from one that is away: nobody has ever answered there', async () => {
    const server = await startChatServer(() => GOOD)
    await server.close()
    const model = await open(server.url)
    await expect(model.complete(request())).rejects.toThrow(/cannot be reached.*ECONNREFUSED/)
    expect(model.spent().retries).toBe(0)
  })

  it('asks again for a web page where there were answers before', async () => {
    const server = await serve(({ index }) =>
      index === 1 ? response => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>') : GOOD,
    )
    const model = await open(server.url)
    await model.complete(request())
    expect((await model.complete(request())).text).toBe(GOOD)
  })

  it('does not get the key through a redirect', async () => {
    const thief = await serve(() => GOOD)
    const server = await serve(
      () => response => response.writeHead(307, { location: `${thief.url}/chat/completions` }).end(),
    )
    const model = await open(server.url, { key: 'KEY' }, { environment: { KEY: 'sk-secret-123' } })
    await expect(model.complete(request())).rejects.toThrow(/redirects to http:\/\/127\.0\.0\.1:\d+/)
    expect(thief.calls).toHaveLength(0)
    expect(server.calls).toHaveLength(1)
  })

  it('is followed to another path of its own, but not in circles', async () => {
    const server = await serve(({ path }) =>
      path === '/v2/chat' || path === '/round/chat/completions'
        ? response => response.writeHead(308, { location: '/v2/chat' }).end()
        : GOOD,
    )
    const moved = await serve(({ path }) =>
      path === '/v2/chat' ? GOOD : response => response.writeHead(308, { location: '/v2/chat' }).end(),
    )
    expect((await (await open(moved.url)).complete(request())).text).toBe(GOOD)
    const round = await open(server.url.replace('/v1', '/round'))
    await expect(round.complete(request())).rejects.toThrow(/redirects without end/)
  })
})
