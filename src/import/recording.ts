/**
 * What a recording of an agent comes to, whatever format it was published in.
 * @module
 */

/** The formats that trajectories are published in. */
export const FORMATS = ['eto', 'agentgym', 'sharegpt', 'openai'] as const
export type RecordingFormat = (typeof FORMATS)[number]

/** A move as it was recorded. */
export interface RecordedMove {
  thought: string
  action: string
  /** What was shown after it; absent where the recording does not hold it, as after the last move. */
  seen?: string
}

/** What a recording says about which task it is of; each may be absent, and none is trusted. */
export interface TaskHints {
  /** Ids of tasks, or paths that end with them; several where whoever published it was not sure. */
  ids: string[]
  /** The number of a goal (WebShop). */
  goal?: number
  /** A kind of task, by any of its names, and a variation of it (SciWorld). */
  variation?: { kind: string; number: number }
}

export interface Recording {
  /** What the report calls it. */
  name: string
  hints: TaskHints
  /** What the agent was told before its first move: instructions, the task, what it saw. */
  before: string
  moves: RecordedMove[]
  /** What the recording says was reached, in [0, 1]. */
  reward?: number
  /** Turns of the agent that hold no move, but for the `OK` with which many recordings begin. */
  withoutMove: number
}

/** Why a recording is left out. */
export const REASONS = {
  shape: 'not of the format',
  'no-moves': 'no turn of the agent holds an action',
  'no-task': 'nothing tells which task it is of',
  'unknown-task': 'of a task that the environment does not have',
  'ambiguous-task': 'of one of many tasks, and nothing tells which',
  'not-kept': 'played again, it does not reach what is kept',
} as const
export type Reason = keyof typeof REASONS

/** A recording that was left out, and why. */
export interface Dropped {
  name: string
  reason: Reason
  /** More on it, such as what was reached. */
  detail?: string
}
