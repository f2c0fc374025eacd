import { afterEach, describe, expect, it } from 'vitest'
import { type ChatServer, type Reply, startChatServer } from '../../test/kit/chat-server.ts'
import { listModels } from './index.ts'

let server: ChatServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** An endpoint that answers every question for its models with a status, a content type and a body. */
async function endpoint(status: number, type: string, body: string): Promise<string> {
  const reply: Reply = response => {
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  }
  server = await startChatServer(() => reply)
  return server.url
}

const KEY = 'sk-quite-a-secret'

describe('the models of an endpoint', () => {
  it('are told, to whom has the key', async () => {
    const url = await endpoint(
      200,
      'application/json',
      '{"object":"list","data":[{"id":"a","owned_by":"b"},{"id":"c"}]}',
    )
    expect(await listModels({ url, key: 'MY_KEY' }, { MY_KEY: KEY })).toEqual(['a', 'c'])
    expect(server!.calls[0]).toMatchObject({ path: '/v1/models', headers: { authorization: `Bearer ${KEY}` } })
  })

  it.each<[string, number, string, string, RegExp]>([
    [
      'a refusal',
      401,
      'application/json',
      `{"error":{"message":"no such key: ${KEY}"}}`,
      /answered 401.*no such key[\s\S]*key/,
    ],
    ['a page', 200, 'text/html; charset=utf-8', '<html>Hello', /answered text\/html in place of JSON.*Hello/],
    ['an address that is wrong', 404, 'text/plain', 'nothing', /answered 404.*nothing[\s\S]*\/v1/],
    ['another list', 200, 'application/json', '{"models":[]}', /does not say which models it has.*\/v1\/models/],
  ])('are not told, and the error says why: %s', async (_, status, type, body, message) => {
    const url = await endpoint(status, type, body)
    const asked = listModels({ url, key: 'MY_KEY' }, { MY_KEY: KEY })
    await expect(asked).rejects.toMatchObject({ code: 'model', message: expect.stringMatching(message) })
    await expect(asked).rejects.not.toThrow(KEY)
  })

  it('are not asked for where nobody listens, or without the key', async () => {
    await expect(listModels({ url: 'http://127.0.0.1:9/v1' })).rejects.toThrow(/cannot be reached.*ECONNREFUSED/)
    const url = await endpoint(200, 'application/json', '{}')
    await expect(listModels({ url, key: 'MY_KEY' }, {})).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/key is not set.*MY_KEY/),
    })
    expect(server!.calls).toEqual([])
  })
})
