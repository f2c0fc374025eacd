/**
 * Servers and models behind them that a test need not close itself.
 * @module
 */
import { afterEach } from 'vitest'
import type { ChatRequest } from '../../src/core/agent.ts'
import {
  createEndpointModel,
  type Endpoint,
  type EndpointModel,
  type EndpointModelOptions,
} from '../../src/models/index.ts'
import { type ChatServer, startChatServer } from './chat-server.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

export async function serve(...given: Parameters<typeof startChatServer>): Promise<ChatServer> {
  const server = await startChatServer(...given)
  opened.push(server)
  return server
}

/** Waits milliseconds where users wait seconds. */
export async function open(
  url: string,
  endpoint: Partial<Endpoint> = {},
  options: EndpointModelOptions = {},
): Promise<EndpointModel> {
  const model = await createEndpointModel({ url, model: 'test', ...endpoint }, { firstWaitSeconds: 0.005, ...options })
  opened.push(model)
  return model
}

export const request = (content = 'You are in a room.', more: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [{ role: 'user', content }],
  conversation: content,
  maxTokens: 20,
  temperature: 0,
  seed: 'a',
  ...more,
})

export const GOOD = 'Thought: I look.\nAction: look'
