/**
 * A request in the words of the protocol.
 * @module
 */
import type { ChatRequest, Message } from '../../core/agent.ts'
import { hash } from '../../core/random.ts'
import type { ResolvedEndpoint } from './endpoint.ts'

export type RequestBody = { model: string; messages: object[] } & Record<string, unknown>

/**
 * The body of a request to `/chat/completions`. The same request gives the same body, key for key.
 *
 * @param extra merged into it last; a field that is null is left out
 */
export function requestBody({ model, extra = {} }: ResolvedEndpoint, request: ChatRequest): RequestBody {
  const { messages, maxTokens, temperature, seed, stop, tool, schema } = request
  const body: RequestBody = {
    model,
    messages: protocolMessages(messages),
    max_tokens: maxTokens,
    temperature,
    // The protocol's seeds are integers; 31 bits are understood everywhere.
    seed: hash(seed) >>> 1,
    ...(stop && stop.length > 0 && { stop }),
    ...(tool && {
      tools: [{ type: 'function', function: tool }],
      tool_choice: { type: 'function', function: { name: tool.name } },
    }),
    ...(schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
    }),
  }
  for (const name of Object.keys(extra).sort()) {
    if (extra[name] === null) delete body[name]
    else body[name] = extra[name]
  }
  return body
}

function protocolMessages(messages: readonly Message[]): object[] {
  let calls = 0
  return messages.map(({ role, content, toolCall }) => {
    // Nine letters and digits: the narrowest that servers ask of the name of a call.
    const id = () => `call${String(calls).padStart(5, '0')}`
    if (role === 'tool') return { role, content, tool_call_id: id() }
    if (!toolCall) return { role, content }
    calls++
    return { role, content, tool_calls: [{ id: id(), type: 'function', function: toolCall }] }
  })
}
