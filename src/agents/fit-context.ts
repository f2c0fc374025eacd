/**
 * Makes a conversation fit a model's context. The rule: what the agent was told, the task and every move stay; of the
 * observations, the oldest are left out first; then the oldest steps as a whole; the last observation, which is what is
 * to be answered, is cut in its middle last of all.
 * @module
 */
import type { RenderMessage } from '../render/react.ts'

/** What stands for an observation that was left out. */
export const LEFT_OUT = '(left out)'
const CUT = '\n(cut)\n'

/** How much of a conversation is left out; only ever grows. */
export interface Fit {
  /** Steps whose observations are left out: those before this one. */
  observations: number
  /** Steps that are left out as a whole. */
  steps: number
}

export const WHOLE: Fit = { observations: 0, steps: 0 }

/** Once something must go, more goes than must, so that the conversation then grows at its end again for a while. */
const SPARE = 0.7

export interface Fitted {
  messages: RenderMessage[]
  fit: Fit
  /** Messages that were left out or shortened. */
  shortened: number
}

/**
 * @param room the most characters of all messages together
 * @param before what was left out of the conversation until now
 */
export function fitContext(messages: readonly RenderMessage[], room: number, before: Fit): Fitted {
  if (before === WHOLE && room === Number.POSITIVE_INFINITY)
    return { messages: [...messages], fit: WHOLE, shortened: 0 }
  const last = messages.at(-1)?.step ?? -1
  let fit = before
  let fitted = leaveOut(messages, fit)
  if (charactersOf(fitted) > room) {
    const target = room * SPARE
    for (let size = charactersOf(fitted); size > target && fit.observations < last; ) {
      fit = { ...fit, observations: fit.observations + 1 }
      size -= savedBy(messages, fit.observations - 1)
    }
    fitted = leaveOut(messages, fit)
    while (charactersOf(fitted) > target && fit.steps < last) {
      fit = { ...fit, steps: fit.steps + 1 }
      fitted = leaveOut(messages, fit)
    }
    fitted = cutLast(fitted, room)
  }
  const shortened = fitted.filter(({ content }) => content === LEFT_OUT || content.includes(CUT)).length
  return { messages: fitted, fit, shortened: shortened + messages.length - fitted.length }
}

function leaveOut(messages: readonly RenderMessage[], { observations, steps }: Fit): RenderMessage[] {
  return messages
    .filter(({ step }) => step < 0 || step >= steps)
    .map(message => {
      const isOld = message.step >= 0 && message.step < observations && message.role !== 'assistant'
      return isOld && message.content.length > LEFT_OUT.length ? { ...message, content: LEFT_OUT } : message
    })
}

function savedBy(messages: readonly RenderMessage[], step: number): number {
  const observation = messages.find(message => message.step === step && message.role !== 'assistant')
  return Math.max(0, (observation?.content.length ?? 0) - LEFT_OUT.length)
}

function cutLast(messages: readonly RenderMessage[], room: number): RenderMessage[] {
  const excess = charactersOf(messages) - room
  const last = messages.at(-1)
  if (excess <= 0 || !last || last.step < 0) return [...messages]
  const { content } = last
  const kept = Math.max(0, content.length - excess - CUT.length)
  const head = Math.ceil(kept / 2)
  const cut = `${content.slice(0, head)}${CUT}${content.slice(content.length - (kept - head))}`
  return [...messages.slice(0, -1), { ...last, content: cut }]
}

export const charactersOf = (messages: readonly RenderMessage[]): number =>
  messages.reduce((sum, { content, toolCall }) => sum + content.length + (toolCall?.arguments.length ?? 0), 0)
