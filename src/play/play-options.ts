/**
 * What is played, by whom, and how.
 * @module
 */
import type { Agent, Teacher } from '../core/agent.ts'
import type { Environment, Task } from '../core/environment.ts'
import type { Actor } from '../core/trajectory.ts'

export interface PlayOptions {
  environment: Environment
  tasks: readonly Task[]
  agent: Agent
  /** Whom the agent's steps are written down for. Default: `student`. */
  by?: Actor
  /** Watches each step of the agent, and corrects those that are wrong. */
  teacher?: Teacher
  /** False: the teacher's verdicts are written down, but it never steps in. Default: true. */
  corrects?: boolean
  /** When the teacher steps in: after the wrong action was executed, or instead of it. Default: `after`. */
  when?: 'after' | 'before'
  /**
   * Where a reflection stands: in the thought of the corrected step, or in a turn of its own before it. With `turn`, an
   * answer of the agent that is just `Reflection: …` is such a turn too. Default: `thought`.
   */
  place?: 'thought' | 'turn'
  /** Most steps of an episode that are executed, the teacher's included. Default: the environment's own. */
  stepLimit?: number
  /** Episodes that are open at once. Default: 64. */
  episodesAtOnce?: number
  /** Fixes all that is left to chance, together with the task's id. Default: 0. */
  seed?: number | string
  /** The recipe's name, for provenance. */
  recipe?: string
  /** No new episode is started once it is aborted; those under way are dropped. */
  signal?: AbortSignal
}
