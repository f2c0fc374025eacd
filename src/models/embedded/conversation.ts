/**
 * A conversation as the model holds it: the messages that it knows, and their token ids.
 * @module
 */
import type { Message } from '../../core/agent.ts'
import { MisstepError } from '../../core/errors.ts'
import type { ChatFormat } from '../../render/index.ts'
import type { Sequence } from './scheduler.ts'

export interface Conversation {
  /** The ids of all messages, answers with the very ids that were generated. */
  sequence: Sequence
  messages: Message[]
  /** For each message, the length of the ids up to its end, where that is certain: after an answer of the model. */
  ends: (number | undefined)[]
}

export const createConversation = (): Conversation => ({
  sequence: { ids: [], read: 0, slot: -1 },
  messages: [],
  ends: [],
})

/**
 * Brings a conversation to the messages of a request. Known messages keep the ids that they have, even where the
 * tokenizer would cut an answer's text otherwise; from the first message that differs, ids are new, and what the model
 * has read of the old ones beyond the common beginning is forgotten.
 */
export function continueConversation(
  conversation: Conversation,
  format: ChatFormat,
  messages: readonly Message[],
): void {
  const { sequence, ends } = conversation
  let known = 0
  while (known < messages.length && isSame(messages[known]!, conversation.messages[known])) known++
  while (known > 0 && ends[known - 1] === undefined) known--
  let ids: number[]
  try {
    const added = format.continuationIds(messages.slice(0, known), messages.slice(known))
    ids = known === 0 ? added : [...sequence.ids.slice(0, ends[known - 1]), ...added]
  } catch (error) {
    // A template that rewrites what was said: everything is rendered again.
    if (!(error instanceof MisstepError) || error.code !== 'mask') throw error
    known = 0
    ids = format.promptIds(messages)
  }
  changeIds(sequence, ids)
  conversation.messages = messages.map(({ role, content }) => ({ role, content }))
  conversation.ends = messages.map((_, i) => (i < known ? ends[i] : undefined))
}

/** Gives a sequence other ids; what was read of the old ones counts as far as both begin alike. */
export function changeIds(sequence: Sequence, ids: number[]): void {
  let common = 0
  while (common < sequence.read && sequence.ids[common] === ids[common]) common++
  // At least the last token is read: what comes after it is asked for.
  sequence.read = Math.min(common, ids.length - 1)
  sequence.ids = ids
}

/** How an answer lies at the end of the ids. */
export interface AnswerIds {
  /** Ids that were there before it. */
  tokensIn: number
  /** How many of its ids, from its first, are its text; `undefined` where no whole number of them is. */
  kept: number | undefined
  stopId: number
}

/**
 * Closes an answer whose ids are at the end of the sequence: what was generated beyond its text is forgotten, and the
 * stop token follows, as in a training row.
 */
export function addAnswer(conversation: Conversation, content: string, { tokensIn, kept, stopId }: AnswerIds): void {
  const { sequence } = conversation
  sequence.ids.length = tokensIn + (kept ?? 0)
  if (kept !== undefined) sequence.ids.push(stopId)
  sequence.read = Math.min(sequence.read, sequence.ids.length - 1)
  conversation.messages.push({ role: 'assistant', content })
  conversation.ends.push(kept === undefined ? undefined : sequence.ids.length)
}

const isSame = (a: Message, b: Message | undefined) => a.role === b?.role && a.content === b.content
