/**
 * The prompt format: thought and action in, observation out (ReAct, Yao et al. 2023). Agents play with the very functions
 * that training rows are made with.
 * @module
 */
import type { AgentMove, Message } from '../core/agent.ts'
import type { Move } from '../core/environment.ts'
import type { Step } from '../core/trajectory.ts'

/** A message, and the step that it comes from; -1 for the prompt. */
export interface RenderMessage extends Message {
  step: number
}

export interface ReactOptions {
  /** What an agent is told before its first episode: `environment.prompt`; default empty. */
  prompt?: string
}

/** What a conversation is made of: a trajectory, or an agent's situation. */
export interface Conversation {
  instruction: string
  opening: string
  steps: readonly Step[]
}

/**
 * A move as an agent writes it.
 *
 * @example
 * formatMove({ thought: 'It may be in the drawer.', action: 'open drawer 1' })
 */
export const formatMove = ({ thought, action }: Move): string => `Thought: ${thought}\nAction: ${action}`

/** What the actor of a step wrote. */
export const stepText = (step: Pick<Step, 'thought' | 'action' | 'text'>): string => step.text ?? formatMove(step)

/** Chat models like to set the two words in bold type. */
const ACTION = /^\s*(?:\*\*action(?:\s*:\s*\*\*|\*\*\s*:)|action\s*:)/i
const THOUGHT = /^\s*(?:\*\*thought(?:\s*:\s*\*\*|\*\*\s*:)|thought\s*:)/i
/** What a reasoning model thinks before it answers; some servers leave it in the answer. */
const REASONING = /^[\s\S]*<\/think>/

/**
 * Reads a move out of what a model wrote, whatever it is. The action is the rest of the first line that begins with
 * `Action:`, and the thought is what stands before it; without such a line, the whole text is the action. Both come
 * back on one line. Reasoning up to `</think>` and quotes of code around the action are passed over. `text` is kept where
 * the model did not write just what `formatMove` would.
 *
 * @example
 * parseMove('Thought: I am thirsty.\nAction: go to fridge 1').action // 'go to fridge 1'
 */
export function parseMove(text: string): AgentMove {
  const answer = text.replace(REASONING, '')
  const lines = answer.split(/\r\n|\r|\n/)
  const at = lines.findIndex(line => ACTION.test(line))
  const move =
    at < 0
      ? { thought: '', action: toLine(answer) }
      : {
          thought: toLine(lines.slice(0, at).join(' ').replace(THOUGHT, '')),
          action: toLine(lines[at]!.replace(ACTION, '')).replace(/^`([^`]+)`$/, '$1'),
        }
  return text === formatMove(move) ? move : { ...move, text }
}

const toLine = (text: string) => text.replace(/\s+/g, ' ').trim()

/**
 * What a model sees before its next move: the prompt and the opening, then moves and observations in turn; the last
 * message is an observation. The instruction is told only where the opening does not hold it.
 *
 * @example
 * model.complete({ messages: situationMessages(situation, { prompt: environment.prompt }), ... })
 */
export function situationMessages(conversation: Conversation, { prompt = '' }: ReactOptions = {}): RenderMessage[] {
  const { instruction, opening, steps } = conversation
  const parts = [prompt, opening.includes(instruction) ? '' : instruction, opening]
  return [
    { role: 'user', content: parts.filter(part => part !== '').join('\n\n'), step: -1 },
    ...steps.flatMap(turnMessages),
  ]
}

/** A step as two messages: what its actor wrote, and what was observed. */
export const turnMessages = (step: Step, index: number): RenderMessage[] => [
  { role: 'assistant', content: stepText(step), step: index },
  { role: 'user', content: step.observation, step: index },
]

/** A whole trajectory as a conversation. The last observation is left out: nothing follows it. */
export function trajectoryMessages(trajectory: Conversation, options?: ReactOptions): RenderMessage[] {
  const messages = situationMessages(trajectory, options)
  return trajectory.steps.length > 0 ? messages.slice(0, -1) : messages
}
