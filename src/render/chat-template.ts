/**
 * Conversation to text, and text back to the parts of each turn.
 * @module
 */
import type { Message } from '../core/agent.ts'
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
   * The texts of the messages; all of them joined are the render of the conversation. Each answer comes just after what
   * the model would be prompted with, and is what it would be if the conversation ended with it.
   *
   * @throws {MisstepError} `mask` when the template changes a message once others follow
   */
  turns(messages: readonly Message[]): Turn[]
  /**
   * The same of a conversation that ends with an answer, which alone must come just after what the model would be
   * prompted with: what stands before is one turn for each message too, but cut only about where messages meet.
   *
   * @throws {MisstepError} `mask` when even that answer is written otherwise than the model would have to write it
   */
  lastTurn(messages: readonly Message[]): Turn[]
}

/** What `STUDENT_CHAT.chatTemplate` says, without an interpreter: some hundred times as fast. */
export function createStudentTemplate(): ChatTemplate {
  const stop = STUDENT_CHAT.stopToken
  const toTurn = ({ role, content }: Message): Turn =>
    role === 'assistant'
      ? { header: '<|assistant|>', content, stop, rest: '' }
      : { header: '', content: `<|${role}|>${content}${stop}`, stop: '', rest: '' }
  const turns = (messages: readonly Message[]) => messages.map(toTurn)
  return {
    stopToken: stop,
    render(messages, addGenerationPrompt) {
      let text = ''
      for (const { role, content } of messages) text += `<|${role}|>${content}${stop}`
      return addGenerationPrompt ? `${text}<|assistant|>` : text
    },
    turns,
    lastTurn: turns,
  }
}
