/**
 * Steps that are words only: the environment is not asked, and the loop answers in its place. So the roles of a
 * conversation still alternate, as many chat templates demand, and such a step is rendered, masked and linted as any other.
 * @module
 */
import type { AgentMove } from '../core/agent.ts'
import type { Actor, Step } from '../core/trajectory.ts'

/** What is said after an action that was withdrawn before it was executed. */
const NOT_DONE = 'Not done yet. Is this the right step?'
/** What is said after a reflection in a turn of its own. */
const GO_ON = 'Go on.'

const REFLECTION = /^\s*reflection\s*:\s*/i

/** The part of a step that both kinds share. */
type Words = Pick<Step, 'reward' | 'by'>

/** What an agent wrote, as a step keeps it. */
export function written({
  thought,
  action,
  text,
  tokenIds,
}: AgentMove): Pick<Step, 'thought' | 'action' | 'text' | 'tokenIds'> {
  return { thought, action, ...(text !== undefined && { text }), ...(tokenIds && { tokenIds }) }
}

/** An action that the teacher has stopped. `accepted` says nothing of it: nobody asked the environment. */
export function withdrawn(move: AgentMove, words: Words): Step {
  const { shortened } = move
  return { ...written(move), ...unasked(NOT_DONE, words), ...(shortened !== undefined && { shortened }) }
}

/** A reflection in a turn of its own. */
export function spoken(reflection: string, words: Words): Step {
  return { thought: reflection, action: '', text: `Reflection: ${reflection}`, ...unasked(GO_ON, words) }
}

/**
 * The reflection, where an agent wrote nothing but one.
 *
 * @example
 * reflectionIn({ thought: '', action: 'Reflection: I looked there already.' }) // 'I looked there already.'
 */
export function reflectionIn({ thought, action }: AgentMove): string | undefined {
  return thought === '' && REFLECTION.test(action) ? action.replace(REFLECTION, '') : undefined
}

export const isSpoken = (step: Step): boolean => step.executed === false && step.action === ''

function unasked(observation: string, { reward, by }: { reward: number; by: Actor }) {
  return { observation, reward, done: false, accepted: true, by, executed: false }
}
