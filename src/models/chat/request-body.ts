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

/** A body that is put together each time that it is sent, so that nobody keeps it while the answer is awaited. */
export interface Letter {
  /** In characters. */
  readonly length: number
  text(): string
}

/**
 * Writes bodies as `JSON.stringify(requestBody(endpoint, request))` does. A conversation that goes on with the very
 * message objects that it had is not written again from its start.
 */
export function createRequestWriter(endpoint: ResolvedEndpoint): (request: ChatRequest) => Letter {
  /** By the first message of a conversation. */
  const written = new WeakMap<Message, { messages: Message[]; text: string; calls: number }>()

  const writeMessages = (messages: readonly Message[], first: Message) => {
    let known = written.get(first)
    if (!known || !goesOn(messages, known.messages)) {
      known = { messages: [], text: '', calls: 0 }
      written.set(first, known)
    }
    for (let i = known.messages.length; i < messages.length; i++) {
      const message = messages[i]!
      if (isCall(message)) known.calls++
      known.text += `${i > 0 ? ',' : ''}${JSON.stringify(protocolMessage(message, known.calls))}`
      known.messages.push(message)
    }
    return known.text
  }

  return request => {
    const [first] = request.messages
    if (!first || (endpoint.extra && 'messages' in endpoint.extra))
      return letter(JSON.stringify(requestBody(endpoint, request)))
    const rest = JSON.stringify(requestBody(endpoint, { ...request, messages: [] }))
    // No text within JSON has such quotes.
    const at = rest.indexOf(NO_MESSAGES) + NO_MESSAGES.length - 1
    return letter(rest.slice(0, at), writeMessages(request.messages, first), rest.slice(at))
  }
}

function letter(head: string, messages = '', tail = ''): Letter {
  return { length: head.length + messages.length + tail.length, text: () => head + messages + tail }
}

function goesOn(messages: readonly Message[], known: readonly Message[]): boolean {
  for (let i = 0; i < known.length; i++) if (messages[i] !== known[i]) return false
  return true
}

const NO_MESSAGES = '"messages":[]'

function protocolMessages(messages: readonly Message[]): object[] {
  let calls = 0
  return messages.map(message => protocolMessage(message, isCall(message) ? ++calls : calls))
}

const isCall = ({ role, toolCall }: Message) => role !== 'tool' && toolCall !== undefined

/** @param calls how many calls there are up to it, itself included */
function protocolMessage({ role, content, toolCall }: Message, calls: number): object {
  // Nine letters and digits: the narrowest that servers ask of the name of a call.
  const id = () => `call${String(calls).padStart(5, '0')}`
  if (role === 'tool') return { role, content, tool_call_id: id() }
  if (!toolCall) return { role, content }
  return { role, content, tool_calls: [{ id: id(), type: 'function', function: toolCall }] }
}
