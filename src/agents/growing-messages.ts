/**
 * The messages of conversations that grow at their end: each step is put into words once.
 * @module
 */
import type { Situation } from '../core/agent.ts'
import type { RenderMessage } from '../render/react.ts'
import type { AgentFormat, FormatOptions } from './formats/agent-format.ts'

export interface GrowingMessages {
  /** The same message objects as before, and those of the steps that are new. */
  of(situation: Situation): readonly RenderMessage[]
  forget(conversation: string): void
}

interface Known {
  situation: Situation
  /** How many steps the messages tell, and the last of them. */
  told: number
  last: Situation['steps'][number] | undefined
  messages: RenderMessage[]
}

export function createGrowingMessages(format: AgentFormat, options: FormatOptions): GrowingMessages {
  const known = new Map<string, Known>()

  const begin = (situation: Situation): Known => {
    const begun = { situation, told: 0, last: undefined, messages: format.opening(situation, options) }
    known.set(situation.conversation, begun)
    return begun
  }

  return {
    of(situation) {
      const before = known.get(situation.conversation)
      const conversation = before && goesOn(before, situation) ? before : begin(situation)
      for (const step of situation.steps.slice(conversation.told)) {
        conversation.messages.push(...format.turn(step, conversation.told++, situation))
        conversation.last = step
      }
      return conversation.messages
    },
    forget: conversation => known.delete(conversation),
  }
}

/** Whoever did not forget a conversation may begin another one under its name. */
function goesOn({ situation, told, last }: Known, now: Situation): boolean {
  if (situation.opening !== now.opening || situation.instruction !== now.instruction) return false
  return told <= now.steps.length && last === now.steps[told - 1]
}
