/**
 * Finds in the render of a conversation which text belongs to which message.
 * @module
 */
import type { Message } from '../core/agent.ts'
import { MisstepError } from '../core/errors.ts'
import type { Turn } from './chat-template.ts'

export type Render = (messages: readonly Message[], addGenerationPrompt: boolean) => string

export const rewritesHistory = (value: unknown) =>
  new MisstepError('mask', 'The chat template writes a message otherwise once others follow it', {
    value,
    advice: 'A row with one trained turn, or a template that only appends, is what the model sees when it plays.',
  })

/**
 * The turns of a conversation, by rendering it up to each message. See `ChatTemplate.turns`.
 *
 * @throws {MisstepError} `mask` when an answer is written otherwise once others follow it
 */
export function findTurns(render: Render, stopToken: string, messages: readonly Message[]): Turn[] {
  const whole = render(messages, false)
  const isLast = (index: number) => index === messages.length - 1
  const starts = messages.map(({ role }, i) => {
    if (role !== 'assistant') return whole.length
    const prompt = render(messages.slice(0, i), true)
    if (!whole.startsWith(prompt)) throw rewritesHistory({ message: i, prompt: prompt.slice(-100) })
    return prompt.length
  })
  let at = 0
  return messages.map(({ role }, i): Turn => {
    // Not every template can render a conversation that ends here, and some write more where one ends.
    const alone = isLast(i) ? whole : attempt(() => render(messages.slice(0, i + 1), false))
    const isPrefix = alone !== undefined && whole.startsWith(alone)
    if (role !== 'assistant') {
      const isBefore = messages[i + 1]?.role === 'assistant'
      const limit = isLast(i) ? whole.length : isBefore ? starts[i + 1]! : Math.min(...starts.slice(i + 1))
      const end = isPrefix && alone.length >= at && alone.length <= limit ? alone.length : isBefore ? limit : at
      const content = whole.slice(at, end)
      at = end
      return { header: '', content, stop: '', rest: '' }
    }
    const start = starts[i]!
    const stopAt = whole.indexOf(stopToken, start)
    const end = stopAt + stopToken.length
    if (stopAt < 0 || start < at || !alone?.startsWith(whole.slice(0, end))) {
      throw rewritesHistory({ message: i, answer: whole.slice(start, end).slice(0, 100) })
    }
    const header = whole.slice(at, start)
    at = isPrefix && alone.length >= end ? alone.length : end
    return { header, content: whole.slice(start, stopAt), stop: stopToken, rest: whole.slice(end, at) }
  })
}

/**
 * The turns of a conversation, of which only the last, an answer, is exact. See `ChatTemplate.lastTurn`.
 *
 * @throws {MisstepError} `mask` when that answer does not follow what the model would be prompted with
 */
export function findLastTurn(render: Render, stopToken: string, messages: readonly Message[]): Turn[] {
  const whole = render(messages, false)
  const before = messages.slice(0, -1)
  const prompt = render(before, true)
  const stopAt = whole.indexOf(stopToken, prompt.length)
  if (!whole.startsWith(prompt) || stopAt < 0) {
    throw rewritesHistory({ message: before.length, prompt: prompt.slice(-100) })
  }
  let at = 0
  const turns = before.map(({ content }, i): Turn => {
    const said = content.trim()
    const found = prompt.indexOf(said, at)
    const end = found < 0 ? at : found + said.length
    const closed = prompt.startsWith(stopToken, end) ? end + stopToken.length : end
    const text = prompt.slice(at, i === before.length - 1 ? prompt.length : closed)
    at += text.length
    return { header: '', content: text, stop: '', rest: '' }
  })
  const end = stopAt + stopToken.length
  turns.push({
    header: whole.slice(at, prompt.length),
    content: whole.slice(prompt.length, stopAt),
    stop: stopToken,
    rest: whole.slice(end),
  })
  return turns
}

function attempt(work: () => string): string | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof MisstepError) return undefined
    throw error
  }
}
