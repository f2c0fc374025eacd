/**
 * The turns of a conversation as tokens: of an answer those that the model sampled, where they are known.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import type { Step } from '../core/trajectory.ts'
import type { ChatFormat } from './chat-format.ts'
import type { Turn } from './chat-template.ts'
import type { RenderMessage } from './react.ts'

/** A part of a turn: an answer's header, any message's content with its stop token, or what the template writes after it. */
export interface EncodedPart extends Pick<RenderMessage, 'role' | 'step'> {
  text: string
  ids: number[]
  isContent: boolean
}

/**
 * The parts of all turns, but those without a token; `undefined` where a token reaches across the border of a part.
 *
 * @param steps of the trajectory that the messages are of
 */
export function encodeTurns(
  format: ChatFormat,
  messages: readonly RenderMessage[],
  turns: readonly Turn[],
  steps: readonly Step[],
): EncodedPart[] | undefined {
  const parts = partsOf(turns)
  return format.tokenizer.encodeParts(parts)?.flatMap((own, part) => {
    const { role, step } = messages[Math.floor(part / 3)]!
    const isContent = part % 3 === 1
    const text = parts[part]!
    const ids = isContent && role === 'assistant' ? sampledIds(format, steps[step]!, own, text) : own
    return ids.length > 0 ? [{ role, step, text, ids, isContent }] : []
  })
}

export const partsOf = (turns: readonly Turn[]): string[] =>
  turns.flatMap(({ header, content, stop, rest }) => [header, content + stop, rest])

/**
 * The ids that were sampled, where they say just what the template writes, stop token and all: a text can be cut in many
 * ways, and the tokenizer knows one. Ids of another tokenizer, or of a text that was changed, say something else: then
 * the tokenizer's own stand.
 */
function sampledIds(
  { tokenizer, stopId }: ChatFormat,
  { tokenIds }: Pick<Step, 'tokenIds'>,
  own: number[],
  text: string,
): number[] {
  if (!tokenIds) return own
  // Not every server tells the id of the token that it stopped at.
  const ids = tokenIds.at(-1) === stopId ? tokenIds : [...tokenIds, stopId]
  if (ids.length === own.length && ids.every((id, at) => id === own[at])) return own
  try {
    return tokenizer.decode(ids) === text ? ids : own
  } catch (error) {
    if (error instanceof MisstepError) return own
    throw error
  }
}
