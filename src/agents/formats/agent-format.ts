/**
 * How an agent speaks with its model: what a conversation looks like, and how a move is read out of an answer.
 * @module
 */
import type { AgentMove, ChatAnswer, Situation, Tool } from '../../core/agent.ts'
import type { Step } from '../../core/trajectory.ts'
import type { RenderMessage } from '../../render/react.ts'
import type { WorkedExample } from '../worked-examples.ts'

export interface FormatOptions {
  /** What an agent is told before its first episode. */
  prompt: string
  /** Whether the prompt also says how to answer: models that were not trained in the format need it. */
  explain: boolean
  examples: readonly WorkedExample[]
}

/** What a conversation is made of. */
export type FormatSituation = Pick<Situation, 'task' | 'instruction' | 'opening' | 'steps'>

export interface AgentFormat {
  /** The answer ends before the first of these. */
  readonly stop?: readonly string[]
  readonly tool?: Tool
  /** What stands before the action, where an answer is a text that ends with it. */
  readonly beforeAction?: string
  /** What the model sees before its first move. */
  opening(situation: Omit<FormatSituation, 'steps'>, options: FormatOptions): RenderMessage[]
  /** What each step adds at the end: nothing before it changes, so that servers find what they have read in their caches. */
  turn(step: Step, index: number, situation: Pick<FormatSituation, 'task'>): RenderMessage[]
  /** Any answer is a move: what is none in this format, the environment rejects. */
  read(answer: ChatAnswer, situation: FormatSituation): AgentMove
}

/** What the model sees before its next move. */
export function messagesOf(format: AgentFormat, situation: FormatSituation, options: FormatOptions): RenderMessage[] {
  const turns = situation.steps.flatMap((step, index) => format.turn(step, index, situation))
  return [...format.opening(situation, options), ...turns]
}

/** The prompt, and what explains it (an environment's guide, how to answer) where that is to be said. */
export function toldFirst({ prompt, explain }: Pick<FormatOptions, 'prompt' | 'explain'>, explanation: string): string {
  return [prompt, explain ? explanation : ''].filter(part => part !== '').join('\n\n')
}

/** What an agent is told first, and its `OK`: the roles alternate, as many chat templates demand. */
export const agreement = (told: string): RenderMessage[] => [
  { role: 'user', content: told, step: -1 },
  { role: 'assistant', content: 'OK', step: -1 },
]

/** The last observation of an example is left out: the next message is the user's as well. */
export function exampleMessages(
  examples: readonly WorkedExample[],
  messagesOf: (example: WorkedExample) => RenderMessage[],
): RenderMessage[] {
  return examples.flatMap(example => messagesOf(example).slice(0, -1)).map(asPrompt)
}

export const asPrompt = (message: RenderMessage): RenderMessage => ({ ...message, step: -1 })
