/**
 * Reads the messages of a published conversation: ShareGPT's `from` and `value`, OpenAI's `role` and `content`, and
 * what is between them.
 * @module
 */
import { z } from 'zod'
import { parseJson } from '../core/parse-json.ts'
import type { RecordedMessage } from './read-moves.ts'

const partSchema = z.object({ text: z.string() })
const textSchema = z.union([z.string(), z.array(z.union([partSchema, z.unknown()])), z.null()])
const callSchema = z.object({ function: z.object({ name: z.string(), arguments: z.unknown() }) })

const messageSchema = z
  .object({
    from: z.string(),
    role: z.string(),
    value: textSchema,
    content: textSchema,
    text: z.string().nullable(),
    /** AgentGym's, taken apart. */
    thought: z.string().nullable(),
    action: z.string().nullable(),
    tool_calls: z.array(callSchema).nullable(),
  })
  .partial()
type Message = z.output<typeof messageSchema>

const conversationSchema = z.array(messageSchema).min(1)

const AGENT = new Set(['gpt', 'assistant', 'agent', 'chatgpt', 'bing', 'model', 'function_call'])

/**
 * The messages of a record: its `conversations`, `messages` or `conversation`, or the record itself where it is a list.
 *
 * @returns `undefined` where it holds no messages
 */
export function readMessages(record: unknown): RecordedMessage[] | undefined {
  const parsed = conversationSchema.safeParse(listOf(record))
  if (!parsed.success || !parsed.data.every(message => (message.from ?? message.role) !== undefined)) return undefined
  return parsed.data.map(message => {
    const text = textOf(message)
    const isAgent = AGENT.has((message.from ?? message.role)!.toLowerCase())
    const move = isAgent ? (fieldMove(message) ?? calledMove(message, text)) : undefined
    return { role: isAgent ? 'agent' : 'world', text, ...(move && { move }) }
  })
}

function listOf(record: unknown): unknown {
  if (Array.isArray(record) || record === null || typeof record !== 'object') return record
  const { conversations, messages, conversation } = record as Record<string, unknown>
  return conversations ?? messages ?? conversation
}

function textOf({ value, content, text }: Message): string {
  const given = value ?? content ?? text ?? ''
  if (typeof given === 'string') return given
  return given.flatMap(part => partSchema.safeParse(part).data?.text ?? []).join('\n')
}

function fieldMove({ thought, action }: Message): RecordedMessage['move'] {
  return typeof action === 'string' ? { thought: thought ?? '', action } : undefined
}

/** The first call of a tool: its argument `action`, or its only text, as `search[…]` where the tool has such a name. */
function calledMove({ tool_calls }: Message, text: string): RecordedMessage['move'] {
  const call = tool_calls?.[0]?.function
  const given = call && argumentsOf(call.arguments)
  if (!given) return undefined
  const thought = stringIn(given, 'thought') ?? stringIn(given, 'reasoning') ?? text
  const action = stringIn(given, 'action') ?? stringIn(given, 'command')
  if (action !== undefined) return { thought, action }
  const texts = Object.values(given).filter(value => typeof value === 'string')
  if (texts.length !== 1) return undefined
  return { thought, action: /^(?:search|click)$/.test(call.name) ? `${call.name}[${texts[0]}]` : texts[0]! }
}

function argumentsOf(given: unknown): Record<string, unknown> | undefined {
  const value = typeof given === 'string' ? parseJson(given) : given
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined
}

function stringIn(given: Record<string, unknown>, name: string): string | undefined {
  const value = Object.hasOwn(given, name) ? given[name] : undefined
  return typeof value === 'string' ? value : undefined
}
