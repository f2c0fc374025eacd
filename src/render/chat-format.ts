/**
 * A checkpoint's way to read a conversation: its chat template and its tokenizer together.
 * @module
 */
import type { Message } from '../core/agent.ts'
import { MisstepError } from '../core/errors.ts'
import { createJinjaTemplate, createStudentTemplate, rewritesHistory, type Turn } from './chat-template.ts'
import { STUDENT_CHAT } from './student-chat.ts'
import { loadTokenizer, type Tokenizer } from './tokenizer.ts'

export interface PromptOptions {
  /** Whether the ids end with what introduces the next answer; default true. */
  addGenerationPrompt?: boolean
}

export interface ChatFormat {
  readonly tokenizer: Tokenizer
  /** The token that ends an answer. */
  readonly stopId: number
  readonly stopToken: string
  /** The text of a conversation. Special tokens within a message are written so that they are none. */
  render(messages: readonly Message[], options?: PromptOptions): string
  /** The ids of a conversation. */
  promptIds(messages: readonly Message[], options?: PromptOptions): number[]
  /**
   * The ids that follow when `added` comes after `previous`, whose ids, up to the stop token of its last answer, are
   * already with the model. `previous` is empty or ends with an answer.
   *
   * @throws {MisstepError} `mask` when the template writes `previous` otherwise once `added` follows
   */
  continuationIds(previous: readonly Message[], added: readonly Message[], options?: PromptOptions): number[]
  /** The parts of each message's text; joined, they are `render(messages, { addGenerationPrompt: false })`. */
  turns(messages: readonly Message[]): Turn[]
}

/**
 * Loads the chat format of a checkpoint folder.
 *
 * @throws {MisstepError} `model` when the folder has no tokenizer or no chat template
 * @example
 * const format = await loadChatFormat('students/household-1m')
 * format.promptIds([{ role: 'user', content: 'You are in the middle of a room.' }])
 */
export async function loadChatFormat(folder: string): Promise<ChatFormat> {
  const tokenizer = await loadTokenizer(folder)
  if (tokenizer.chatTemplate === undefined) {
    throw new MisstepError('model', 'The tokenizer has no chat template', {
      value: folder,
      advice: 'Use a checkpoint that was made for conversations, or add chat_template to its tokenizer_config.json.',
    })
  }
  return createChatFormat(tokenizer, tokenizer.chatTemplate)
}

/** A chat format from its parts; see `loadChatFormat`. */
export function createChatFormat(tokenizer: Tokenizer, source: string): ChatFormat {
  const template =
    source === STUDENT_CHAT.chatTemplate
      ? createStudentTemplate()
      : createJinjaTemplate(source, tokenizer.namedTokens, tokenizer.specialTokens)
  const defuse = createDefuser(tokenizer.specialTokens)
  const clean = (messages: readonly Message[]) =>
    messages.map(({ role, content }): Message => ({ role, content: defuse(content) }))
  const render = (messages: readonly Message[], { addGenerationPrompt = true }: PromptOptions = {}) =>
    template.render(clean(messages), addGenerationPrompt)
  return {
    tokenizer,
    stopId: tokenizer.specialId(template.stopToken),
    stopToken: template.stopToken,
    render,
    promptIds: (messages, options) => tokenizer.encode(render(messages, options)),
    continuationIds(previous, added, options) {
      if (previous.length === 0) return tokenizer.encode(render(added, options))
      if (previous.at(-1)!.role !== 'assistant') {
        throw new MisstepError('model', 'A conversation is continued after an answer only', { value: previous.at(-1) })
      }
      const whole = render([...previous, ...added], options)
      const before = render(previous, { addGenerationPrompt: false })
      if (!whole.startsWith(before)) throw rewritesHistory(whole.slice(0, before.length).slice(-100))
      const last = template.turns(clean(previous), previous.length - 1)[0]!
      return tokenizer.encode(last.rest + whole.slice(before.length))
    },
    turns: messages => template.turns(clean(messages)),
  }
}

const LONE_SURROGATE = /\p{Surrogate}/gu

/** Observations and model output are untrusted: a special token in them must not end a turn or begin another. */
function createDefuser(specialTokens: readonly string[]): (text: string) => string {
  const dangerous = specialTokens.filter(token => token.length > 1)
  return text => {
    // Half a surrogate pair has no UTF-8; it would come back as another character than it went in.
    let safe = text.replace(LONE_SURROGATE, '\uFFFD')
    for (const token of dangerous) {
      if (safe.includes(token)) safe = safe.replaceAll(token, `${token[0]} ${token.slice(1)}`)
    }
    return safe
  }
}
