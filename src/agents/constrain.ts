/**
 * Agents that are held to what the environment would accept. That is privileged information: no agent sees the list, but
 * none can do what is not in it. Figures made so compare only with figures made so.
 * @module
 */
import type { ChatRequest, Situation } from '../core/agent.ts'
import { MisstepError } from '../core/errors.ts'
import type { AgentFormat } from './formats/agent-format.ts'

/** What an agent may be held to. */
export const CONSTRAINTS = ['admissible'] as const
export type Constraint = (typeof CONSTRAINTS)[number]

/**
 * The actions that an answer may end with.
 *
 * @throws {MisstepError} `environment` when the environment lists no actions; `usage` when the format has no text to hold
 */
export function admissibleChoices(
  { episode, task }: Pick<Situation, 'episode' | 'task'>,
  format: Pick<AgentFormat, 'beforeAction'>,
): NonNullable<ChatRequest['choices']> {
  if (format.beforeAction === undefined) {
    throw new MisstepError('usage', 'Only answers in the format react can be held to the admissible actions', {
      advice: 'Leave `format` out, or `constrain`.',
    })
  }
  const texts = episode.admissible?.() ?? []
  if (texts.length > 0) return { after: format.beforeAction, texts }
  throw new MisstepError('environment', 'An agent can be held to the admissible actions only where they are listed', {
    value: task.environment,
    advice: 'Leave `constrain` out: this environment does not say which actions it would accept.',
  })
}
