/**
 * Trajectory to the form that trainers of messages understand: a conversation with a loss weight on every answer.
 * @module
 */
import type { Message } from '../core/agent.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { carriesLoss, type MaskPolicy, trajectoryMessages } from '../render/index.ts'

export interface WeightedMessage extends Pick<Message, 'role' | 'content'> {
  /** What the loss of its tokens is multiplied with: 0 for all that is read only. */
  weight: number
}

export interface WeightedConversation {
  id: string
  messages: WeightedMessage[]
}

export interface ConversationOptions {
  mask: MaskPolicy
  /** What an agent is told before its first episode: `environment.prompt`; default empty. */
  prompt?: string
}

/**
 * A trajectory as a conversation whose last message carries loss: what comes after it teaches nothing, and several
 * targets refuse or mistreat a last answer without loss. Without any step that carries loss there is no message left.
 *
 * @example
 * weightedConversation(trajectory, { mask: 'errors' }).messages.filter(message => message.weight > 0)
 */
export function weightedConversation(trajectory: Trajectory, options: ConversationOptions): WeightedConversation {
  const messages = trajectoryMessages(trajectory, options).map(({ role, content, step }): WeightedMessage => {
    const trained = role === 'assistant' && carriesLoss(trajectory.steps[step]!, options.mask)
    return { role, content, weight: trained ? 1 : 0 }
  })
  return { id: trajectory.id, messages: messages.slice(0, messages.findLastIndex(isTrained) + 1) }
}

/** Whether a message carries loss. */
export const isTrained = (message: Pick<WeightedMessage, 'weight'>): boolean => message.weight > 0
