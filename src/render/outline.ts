/**
 * Renders conversations with the same roles once, with stand-ins for what is said, and puts in what each of them says.
 * @module
 */
import type { Message } from '../core/agent.ts'
import { MisstepError } from '../core/errors.ts'
import { attemptMask } from './attempt-mask.ts'
import type { ChatTemplate, Turn } from './chat-template.ts'
import { COPIED_ROLES } from './content-value.ts'
import { findLastTurn, findTurns, type Render } from './find-turns.ts'

type Rendering = Pick<ChatTemplate, 'render' | 'turns' | 'lastTurn'>
/** Puts what messages say into texts. */
type Outline<T> = (messages: readonly Message[]) => T

/** The first character of Unicode's private use area stands for what the first message says, and so on. */
const FIRST = 0xe000
const STAND_INS = /([\uE000-\uF8FF])/
const MOST_MESSAGES = 6400
const MOST_KEPT = 2000

/** Whether a text has characters that are needed as stand-ins. */
export const hasStandIns = (text: string): boolean => STAND_INS.test(text)

/** Every rendering by the interpreter. */
export function interpreted(interpret: Render, stopToken: string): Rendering {
  return {
    render: interpret,
    turns: messages => findTurns(interpret, stopToken, messages),
    lastTurn: messages => findLastTurn(interpret, stopToken, messages),
  }
}

/**
 * The same, some hundred times as fast, for a template that only copies what messages say: see `findSoughtTexts`.
 *
 * @param sought the texts that the template looks for; messages with one of them are left to the interpreter
 */
export function outlined(interpret: Render, stopToken: string, sought: readonly string[]): Rendering {
  const slow = interpreted(interpret, stopToken)
  const texts = new Map<string, string>()
  const renders = new Map<string, Outline<{ text: string }>>()
  const cuts = new Map<string, Outline<Turn>[] | MisstepError>()
  let isSound = true
  const isCopied = (messages: readonly Message[]) =>
    isSound && messages.length <= MOST_MESSAGES && messages.every(message => saysJustText(message, sought))
  /** What was proven is looked at again, in the first conversation that it is used for. */
  const check = (text: string, messages: readonly Message[], addGenerationPrompt: boolean) => {
    isSound &&= text === interpret(messages, addGenerationPrompt)
    return isSound
  }

  const drawn: Render = (messages, addGenerationPrompt) =>
    remember(texts, keyOf(messages, addGenerationPrompt ? '+' : ''), () => interpret(messages, addGenerationPrompt))
  const cut = (find: typeof findTurns, kind: 'turns' | 'lastTurn') => (messages: readonly Message[]) => {
    if (!isCopied(messages)) return slow[kind](messages)
    const key = keyOf(messages, kind)
    const isNew = !cuts.has(key)
    const outlines = remember(cuts, key, () => {
      return attemptMask(() => find(drawn, stopToken, standIns(messages)).map(turn => outlineOf({ ...turn })))
    })
    if (outlines instanceof MisstepError) throw outlines
    const turns = outlines.map(outline => outline(messages))
    return !isNew || check(joined(turns), messages, false) ? turns : slow[kind](messages)
  }
  return {
    render(messages, addGenerationPrompt) {
      if (!isCopied(messages)) return interpret(messages, addGenerationPrompt)
      const key = keyOf(messages, addGenerationPrompt ? '+' : '')
      const isNew = !renders.has(key)
      const outline = remember(renders, key, () => outlineOf({ text: drawn(standIns(messages), addGenerationPrompt) }))
      const { text } = outline(messages)
      return !isNew || check(text, messages, addGenerationPrompt) ? text : interpret(messages, addGenerationPrompt)
    },
    turns: cut(findTurns, 'turns'),
    lastTurn: cut(findLastTurn, 'lastTurn'),
  }
}

const joined = (turns: readonly Turn[]) =>
  turns.map(({ header, content, stop, rest }) => header + content + stop + rest).join('')

const keyOf = (messages: readonly Message[], kind: string) => `${kind}:${messages.map(({ role }) => role[0]).join('')}`

function saysJustText({ role, content, toolCall }: Message, sought: readonly string[]): boolean {
  const isBare = /^[^\s\p{C}\p{Z}]/u.test(content) && /[^\s\p{C}\p{Z}]$/u.test(content)
  return isBare && COPIED_ROLES.has(role) && toolCall === undefined && !sought.some(text => content.includes(text))
}

function standIns(messages: readonly Message[]): Message[] {
  return messages.map(({ role }, i) => ({ role, content: String.fromCharCode(FIRST + i) }))
}

function outlineOf<T extends object>(texts: T): Outline<T> {
  const entries = Object.entries(texts).map(([name, text]) => {
    // A pattern with a group keeps what it splits at, so every second part is a stand-in.
    const parts = (text as string).split(STAND_INS)
    return { name, parts, indices: parts.map((part, i) => (i % 2 === 0 ? -1 : part.charCodeAt(0) - FIRST)) }
  })
  return messages =>
    Object.fromEntries(
      entries.map(({ name, parts, indices }) => {
        let text = ''
        for (let i = 0; i < parts.length; i++) text += indices[i]! < 0 ? parts[i]! : messages[indices[i]!]!.content
        return [name, text]
      }),
    ) as T
}

function remember<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  if (known.size >= MOST_KEPT) known.clear()
  known.set(key, made)
  return made
}
