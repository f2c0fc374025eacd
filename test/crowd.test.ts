import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EndpointModel } from '../src/models/index.ts'
import { GOOD, request, serve } from './kit/chat-models.ts'
import { sendJson } from './kit/chat-server.ts'
import { ensureBuilt, root } from './misstep.ts'

/** The package as it is built: only there are requests posted from a thread. */
const built = new URL('../dist/models/index.js', import.meta.url)

async function openCrowd(url: string): Promise<EndpointModel> {
  const { createEndpointModel } = await import(/* @vite-ignore */ built.href)
  const endpoint = { url, model: 'test', requestsAtOnce: 500, key: 'KEY' }
  return createEndpointModel(endpoint, { firstWaitSeconds: 0.05, environment: { KEY: 'sk-secret-of-the-crowd' } })
}

beforeAll(ensureBuilt, 120_000)

describe('a crowd of requests, posted from a thread', () => {
  it('is answered whole, whatever the server does for a while, and in its own words', async () => {
    let now = 0
    let most = 0
    const server = await serve(async ({ index, body }) => {
      most = Math.max(most, ++now)
      await new Promise(resolve => setTimeout(resolve, 50))
      now--
      if (index % 50 === 7) return response => sendJson(response, 500, {})
      if (index % 50 === 8) return (_, request) => request.socket.resetAndDestroy()
      return `Thought: ü.\nAction: ${body.messages[0]!.content}`
    })
    const model = await openCrowd(server.url)
    const asked = Array.from({ length: 1200 }, (_, i) => model.complete(request(`go to ${i}`)))
    const answers = await Promise.all(asked)
    expect(answers.map(({ text }) => text)).toEqual(asked.map((_, i) => `Thought: ü.\nAction: go to ${i}`))
    expect(most).toBeGreaterThan(50)
    expect(model.spent()).toMatchObject({ requests: 1200 })
    expect(server.calls.every(({ headers }) => headers.authorization === 'Bearer sk-secret-of-the-crowd')).toBe(true)
    await model.close()
  })

  it('ends when the model is closed', async () => {
    const server = await serve(() => () => {})
    const model = await openCrowd(server.url)
    const asked = Array.from({ length: 300 }, (_, i) => model.complete(request(`${i}`)))
    const ended = Promise.allSettled(asked)
    while (server.calls.length < 300) await new Promise(resolve => setTimeout(resolve, 10))
    await model.close()
    for (const result of await ended) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'interrupted' } })
    }
  })

  it('is refused with the reason', async () => {
    const server = await serve(() => response => sendJson(response, 401, { error: 'sk-secret-of-the-crowd is wrong' }))
    const model = await openCrowd(server.url)
    await expect(model.complete(request())).rejects.toMatchObject({ message: expect.stringMatching(/401: "\*\*\*/) })
    await model.close()
  })

  it('keeps no process alive once all is answered', async () => {
    const server = await serve(() => GOOD)
    const program = `
      const { createEndpointModel } = await import('${built.href}')
      const model = await createEndpointModel({ url: '${server.url}', model: 'test', requestsAtOnce: 500 })
      console.log((await model.complete(${JSON.stringify(request())})).text)`
    const args = ['--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
    expect(stdout.trim()).toBe(GOOD)
  })
})
