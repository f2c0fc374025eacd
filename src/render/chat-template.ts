/**
 * Conversation to text, and text back to the parts of each turn.
 * @module
 */
import { Template } from '@huggingface/jinja'
import type { Message } from '../core/agent.ts'
import { MisstepError } from '../core/errors.ts'
import { STUDENT_CHAT } from './student-chat.ts'

/** The text that one message becomes; the four parts joined. */
export interface Turn {
  /** What introduces an answer; empty for the other roles, whose whole text is `content`. */
  header: string
  content: string
  /** The token that ends an answer. */
  stop: string
  /** What the template writes after an answer's stop token. */
  rest: string
}

export interface ChatTemplate {
  /** The token that ends an answer. */
  readonly stopToken: string
  /** The whole conversation, with what introduces the next answer if asked for. */
  render(messages: readonly Message[], addGenerationPrompt: boolean): string
  /**
   * The texts of the messages from index `from` on; all of them joined are the render of the conversation.
   *
   * @throws {MisstepError} `mask` when the template changes a message once others follow
   */
  turns(messages: readonly Message[], from?: number): Turn[]
}

/** What `STUDENT_CHAT.chatTemplate` says, without an interpreter: some hundred times as fast. */
export function createStudentTemplate(): ChatTemplate {
  const stop = STUDENT_CHAT.stopToken
  const toTurn = ({ role, content }: Message): Turn =>
    role === 'assistant'
      ? { header: '<|assistant|>', content, stop, rest: '' }
      : { header: '', content: `<|${role}|>${content}${stop}`, stop: '', rest: '' }
  return {
    stopToken: stop,
    render(messages, addGenerationPrompt) {
      let text = ''
      for (const { role, content } of messages) text += `<|${role}|>${content}${stop}`
      return addGenerationPrompt ? `${text}<|assistant|>` : text
    },
    turns: (messages, from = 0) => messages.slice(from).map(toTurn),
  }
}

/**
 * Any model's own template. Its turns are found by rendering the conversation up to each message.
 *
 * @param names what the template may ask for, such as `bos_token`
 * @param specialTokens the longest first; the one that follows an answer is the stop token
 * @throws {MisstepError} `model` when it is no template, or ends an answer with none of the special tokens
 */
export function createJinjaTemplate(
  source: string,
  names: Readonly<Record<string, string>>,
  specialTokens: readonly string[],
): ChatTemplate {
  // Some templates write today's date, which would make every day's rows different.
  const fixedDate = source.includes('strftime_now') ? '{% macro strftime_now(format) %}01 Jan 2025{% endmacro %}' : ''
  const template = attempt(() => new Template(fixedDate + source))
  const render = (messages: readonly Message[], addGenerationPrompt: boolean) =>
    attempt(() =>
      template.render({
        ...names,
        messages,
        add_generation_prompt: addGenerationPrompt,
      }),
    )
  const stopToken = findStopToken(render, specialTokens)
  return {
    stopToken,
    render,
    turns(messages, from = 0) {
      const whole = render(messages, false)
      const lengthOf = (count: number, addGenerationPrompt = false) => {
        const prefix = count === 0 && !addGenerationPrompt ? '' : render(messages.slice(0, count), addGenerationPrompt)
        if (whole.startsWith(prefix)) return prefix.length
        throw rewritesHistory({ message: count, render: whole.slice(-100) })
      }
      let at = lengthOf(from)
      return messages.slice(from).map(({ role }, i): Turn => {
        const end = lengthOf(from + i + 1)
        const start = role === 'assistant' ? lengthOf(from + i, true) : at
        const [header, body] = [whole.slice(at, start), whole.slice(start, end)]
        at = end
        if (role !== 'assistant') return { header, content: body, stop: '', rest: '' }
        const cut = body.lastIndexOf(stopToken)
        if (cut < 0) throw rewritesHistory({ message: from + i, answer: body })
        return { header, content: body.slice(0, cut), stop: stopToken, rest: body.slice(cut + stopToken.length) }
      })
    },
  }
}

const PROBE = 'probe'

function findStopToken(render: ChatTemplate['render'], specialTokens: readonly string[]): string {
  const text = render(
    [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: PROBE },
    ],
    false,
  )
  const after = text.slice(text.lastIndexOf(PROBE) + PROBE.length).trimStart()
  const stopToken = specialTokens.find(token => after.startsWith(token))
  if (stopToken !== undefined) return stopToken
  throw new MisstepError('model', 'The chat template ends an answer with no special token', {
    value: after,
    advice: 'Use a checkpoint that was made for conversations.',
  })
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new MisstepError('model', 'The chat template cannot be rendered', {
      cause,
      value: (cause as Error).message,
      advice: 'See chat_template in tokenizer_config.json.',
    })
  }
}

export const rewritesHistory = (value: unknown) =>
  new MisstepError('mask', 'The chat template writes a message otherwise once others follow it', {
    value,
    advice: 'A row would not be what the model sees when it plays. Use a template that only appends.',
  })
