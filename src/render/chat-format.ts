/**
 * A checkpoint's way to read a conversation: its chat template and its tokenizer together.
 * @module
 */
import type { Message } from '../core/agent.ts'
import { MisstepError } from '../core/errors.ts'
import { createAddedTokens } from './added-tokens.ts'
import { createStudentTemplate, type Turn } from './chat-template.ts'
import { rewritesHistory } from './find-turns.ts'
import { createJinjaTemplate } from './jinja-template.ts'
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
  /**
   * The parts of each message's text; joined, they are `render(messages, { addGenerationPrompt: false })`.
   *
   * @throws {MisstepError} `mask` when the template writes an answer otherwise once others follow it
   */
  turns(messages: readonly Message[]): Turn[]
  /**
   * The same of a conversation that ends with an answer, of which only that answer is cut exactly.
   *
   * @throws {MisstepError} `mask` when it is not written as the model, when prompted for it, would have to write it
   */
  lastTurn(messages: readonly Message[]): Turn[]
}

/**
 * Loads the chat format of a checkpoint folder.
 *
 * @throws {MisstepError} `model` when the folder has no tokenizer or no chat template
 * @example
 * const format = await loadChatFormat('students/household-base')
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

/**
 * A chat format from its parts; see `loadChatFormat`.
 *
 * @param date what a template that asks is told that today is; default: 1 January 2025, so that rows of every day are the same
 */
export function createChatFormat(tokenizer: Tokenizer, source: string, date?: Date): ChatFormat {
  const { namedTokens: names, specialTokens } = tokenizer
  const template =
    source === STUDENT_CHAT.chatTemplate
      ? createStudentTemplate()
      : createJinjaTemplate(source, { names, specialTokens, ...(date && { date }) })
  const { stopToken } = template
  const defuse = createDefuser(specialTokens)
  const clean = (messages: readonly Message[]) =>
    messages.map(({ role, content, toolCall }): Message => {
      if (!toolCall) return { role, content: defuse(content) }
      const safe = { name: defuse(toolCall.name), arguments: defuse(toolCall.arguments) }
      return { role, content: defuse(content), toolCall: safe }
    })
  const render = (messages: readonly Message[], { addGenerationPrompt = true }: PromptOptions = {}) =>
    template.render(clean(messages), addGenerationPrompt)
  return {
    tokenizer,
    stopId: tokenizer.specialId(stopToken),
    stopToken,
    render,
    promptIds: (messages, options) => tokenizer.encode(render(messages, options)),
    continuationIds(previous, added, options) {
      if (previous.length === 0) return tokenizer.encode(render(added, options))
      if (previous.at(-1)!.role !== 'assistant') {
        throw new MisstepError('model', 'A conversation is continued after an answer only', { value: previous.at(-1) })
      }
      const whole = render([...previous, ...added], options)
      const before = render(previous, { addGenerationPrompt: false })
      const answered = before.slice(0, before.lastIndexOf(stopToken) + stopToken.length)
      if (!whole.startsWith(answered)) throw rewritesHistory(whole.slice(0, answered.length).slice(-100))
      const rest = whole.slice(answered.length)
      // Some tokenizers write the beginning of a text otherwise than what follows a token.
      return tokenizer.encodeParts([stopToken, rest])?.[1] ?? tokenizer.encode(rest)
    },
    turns: messages => template.turns(clean(messages)),
    lastTurn: messages => template.lastTurn(clean(messages)),
  }
}

const SURROGATE = /[\uD800-\uDFFF]/
const LONE_SURROGATES = /\p{Surrogate}/gu

/** Observations and model output are untrusted: a special token in them must not end a turn or begin another. */
function createDefuser(specialTokens: readonly string[]): (text: string) => string {
  const dangerous = createAddedTokens(specialTokens.filter(token => token.length > 1).map((token, id) => [token, id]))
  return text => {
    // Half a surrogate pair has no UTF-8; it would come back as another character than it went in.
    let safe = SURROGATE.test(text) ? text.replace(LONE_SURROGATES, '\uFFFD') : text
    for (let found = dangerous.find(safe); found; found = dangerous.find(safe, found.from)) {
      safe = `${safe.slice(0, found.from + 1)} ${safe.slice(found.from + 1)}`
    }
    return safe
  }
}
