/**
 * A server on loopback that speaks the chat protocol: answers as it is told to, and misbehaves as it is told to.
 * @module
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The body of a request, as far as tests look at it. */
export interface ChatBody {
  model: string
  messages: { role: string; content: string | null; tool_calls?: unknown; tool_call_id?: string }[]
  max_tokens?: number
  temperature?: number
  seed?: number
  stop?: string[]
  [field: string]: unknown
}

export interface ChatCall {
  body: ChatBody
  headers: IncomingHttpHeaders
  path: string
  /** Counts the calls of this server from 0. */
  index: number
}

/** What is answered: a text, the `message` of an answer, or more of the answer; or whatever the function itself writes. */
export type Reply =
  | string
  | { text?: string; message?: object; finish?: string; usage?: object; choice?: object; more?: object }
  | ((response: ServerResponse, request: IncomingMessage) => void)

export interface ChatServer {
  /** As an endpoint's `url`. */
  readonly url: string
  readonly calls: ChatCall[]
  close(): Promise<void>
}

/**
 * Starts a server on a free port of 127.0.0.1.
 *
 * @param reply given each request's body, says what to answer
 * @param options.delay milliseconds before each answer; default 0
 * @param options.port default: a free one
 * @example
 * const server = await startChatServer(({ body }) => `Thought: I look.\nAction: look`)
 * const model = await createEndpointModel({ url: server.url, model: 'test' })
 */
export async function startChatServer(
  reply: (call: ChatCall) => Reply | Promise<Reply>,
  options: { delay?: number; port?: number } = {},
): Promise<ChatServer> {
  const calls: ChatCall[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => {})
    response.on('error', () => {})
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as ChatBody
    const call = { body, headers: request.headers, path: request.url ?? '', index: calls.length }
    calls.push(call)
    const answer = await reply(call)
    if (options.delay) await new Promise(resolve => setTimeout(resolve, options.delay))
    if (typeof answer === 'function') answer(response, request)
    else sendJson(response, 200, completion(body, typeof answer === 'string' ? { text: answer } : answer))
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>(resolve =>
    server.listen({ port: options.port ?? 0, host: '127.0.0.1', backlog: 2048 }, resolve),
  )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Sends an object as JSON. */
export function sendJson(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** An answer of the protocol; a token is four characters. */
export function completion(body: ChatBody, reply: Exclude<Reply, string | ((...given: never[]) => void)>): object {
  const { text = '', message, finish = 'stop', usage, choice, more } = reply
  const words = body.messages?.reduce((sum, { content }) => sum + (content?.length ?? 0), 0) ?? 0
  return {
    id: 'chatcmpl-test',
    object: 'chat.completion',
    model: body.model,
    choices: [
      { index: 0, message: { role: 'assistant', content: text, ...message }, finish_reason: finish, ...choice },
    ],
    usage: usage ?? { prompt_tokens: Math.ceil(words / 4), completion_tokens: Math.ceil(text.length / 4) },
    ...more,
  }
}
