/**
 * The exchanges of a model, written down: a paid run repeats exactly, without the network.
 * @module
 */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import type { ChatAnswer } from '../../core/agent.ts'
import { MisstepError } from '../../core/errors.ts'
import { hashText } from '../../store/hash.ts'
import { openJsonl, readJsonl } from '../../store/jsonl.ts'
import type { RequestBody } from './request-body.ts'

/** One line of a record. */
export const exchangeSchema = z.object({
  /** sha256 of the request's body, as it was sent. */
  key: z.string(),
  /** The key of the exchange that this one goes on from: its messages come before those of this line. */
  after: z.string().optional(),
  /** The messages that `after` does not have. */
  messages: z.array(z.looseObject({ role: z.string() })),
  /** All else in the body. */
  settings: z.record(z.string(), z.unknown()),
  answer: z.object({
    text: z.string(),
    tokenIds: z.array(z.number()).exactOptional(),
    logProbabilities: z.array(z.number()).exactOptional(),
    toolCall: z.object({ name: z.string(), arguments: z.string() }).exactOptional(),
    finish: z.enum(['stop', 'length']),
    finishReason: z.string().exactOptional(),
    overflow: z.literal(true).exactOptional(),
    tokensIn: z.number(),
    tokensOut: z.number(),
    cost: z.number().exactOptional(),
  }),
})

export interface ExchangeRecord {
  /** The answers that it held when it was opened. */
  readonly answers: Iterable<ChatAnswer>
  find(key: string): ChatAnswer | undefined
  /** Appends an exchange; a no-op in a record that is only read. */
  add(key: string, conversation: string, body: RequestBody, answer: ChatAnswer): void
  forget(conversation: string): void
  close(): void
}

export const keyOf = (body: string): string => hashText(body)

/**
 * Opens a record to go on with, or one only to read. A torn last line, as a killed process leaves it, is cut off.
 *
 * @throws {MisstepError} `data` when a line is no exchange, or there is nothing to replay
 */
export async function openRecord(path: string, { append }: { append: boolean }): Promise<ExchangeRecord> {
  if (!append && !existsSync(path)) {
    throw new MisstepError('data', 'There is no such record to replay', { value: path })
  }
  let file = append ? openJsonl(path) : undefined
  const answers = new Map<string, ChatAnswer>()
  for await (const { key, answer } of readJsonl(path, exchangeSchema)) answers.set(key, answer)
  /** The last exchange of each conversation, so that a line holds only what is new: a file as long as its episodes. */
  const last = new Map<string, { key: string; messages: readonly object[] }>()
  return {
    answers: [...answers.values()],
    find: key => answers.get(key),
    add(key, conversation, { messages, ...settings }, answer) {
      answers.set(key, answer)
      if (!file) return
      const before = last.get(conversation)
      const same = before?.messages.every((message, i) => isSame(message, messages[i])) ? before : undefined
      file.append({
        key,
        ...(same && { after: same.key }),
        messages: messages.slice(same?.messages.length ?? 0),
        settings,
        answer,
      })
      last.set(conversation, { key, messages })
    },
    forget: conversation => last.delete(conversation),
    close() {
      file?.close()
      file = undefined
    },
  }
}

/** Messages are flat but for calls. */
function isSame(one: object, other: object | undefined): boolean {
  if (other === undefined) return false
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>]
  return Object.keys(a).every(name => a[name] === b[name] || JSON.stringify(a[name]) === JSON.stringify(b[name]))
}
