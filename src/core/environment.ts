/**
 * The nouns of a world that an agent acts in.
 * @module
 */

/** One thing to do in an environment: enough to start the very same episode again. */
export interface Task {
  /** Unique within the environment, stable from version to version. */
  id: string
  /** The environment's name. */
  environment: string
  /** The split that it belongs to, such as `train`, `seen` or `unseen`. */
  split: string
  /** The kind of task within the benchmark, such as `pick_clean_then_place_in_recep`. */
  kind: string
}

/** What an agent does in one step: why, and what. */
export interface Move {
  thought: string
  action: string
}

/** What a step brought about. */
export interface Outcome {
  /** What the environment answered, byte for byte as its original would. */
  observation: string
  /** The benchmark's own figure so far, in [0, 1]. */
  reward: number
  /** True once the episode cannot go on. */
  done: boolean
  /** True once the goal is reached. `done` without `won` is a failure. */
  won: boolean
  /** False when the environment did not accept the action. */
  accepted: boolean
  /** Why the action was not accepted, for people, teachers and reports; never shown to an agent. */
  reason?: string
}

/** One run through a task. A bad action is an observation, never a throw. */
export interface Episode {
  /** What is asked, in the benchmark's own words. */
  readonly instruction: string
  /** What is seen now; before the first step, the opening text. */
  readonly observation: string
  readonly done: boolean
  readonly won: boolean
  readonly reward: number
  step(action: string): Promise<Outcome>
  /** The actions that the environment would accept now. */
  admissible?(): string[]
  /** An independent copy at this very point. */
  fork?(): Promise<Episode>
  /** What an expert would do next; `undefined` when it knows no way. */
  expert?(sight: Sight): Promise<Move | undefined>
  /** An observer that judges each step of this episode, given only what was seen. */
  judge?(): StepJudge
  close(): Promise<void>
}

/** What an expert may know: only what the episode has shown, or everything. */
export type Sight = 'seen' | 'everything'

/** An environment's own judgement of the steps of one episode, the base of the oracle teacher. */
export interface StepJudge {
  /** Call after each step, in order. `undefined` when nothing is wrong with it. */
  judge(move: Move, outcome: Outcome): Promise<Misstep | undefined>
  /** Tells the judge of a step that it need not judge (a correction). */
  observe(move: Move, outcome: Outcome): void
}

/** What was wrong with a step, and what to do instead. */
export interface Misstep {
  /** A short name of the kind of error, such as `rejected` or `searched-again`. */
  kind: string
  /** The reflection in words: what was wrong and why, without what to do instead. */
  reflection: string
  /** The step that corrects the error; its thought says what to do instead. Absent when there is no way. */
  correction?: Move
  /** Set where no way to the goal is known any more once the step is made: an exploration ends there. */
  hopeless?: true
  /** Why it could not be judged, where `kind` is `unjudged`. */
  note?: string
  /** Corrections that the environment rejected on a fork, and what it answered. */
  withheld?: { action: string; reason: string }[]
}

/** A world that an agent acts in: a plug-in. See `defineEnvironment`. */
export interface Environment {
  /** Kebab-case, such as `alfworld`. */
  readonly name: string
  /** The names of its splits. */
  readonly splits: readonly string[]
  /** The version of engine and data, for provenance. */
  readonly version: string
  /** The tasks of one split, always in the same order. */
  tasks(split: string): Promise<Task[]>
  start(task: Task): Promise<Episode>
  /** What an agent is told before its first episode; may be empty. */
  readonly prompt: string
  /** What `prompt` leaves to training, such as the commands: told besides it to a model that was not trained here. */
  readonly guide?: string
  /** How its observations begin: where a model that was not trained here makes one up, its answer ends. */
  readonly stop?: readonly string[]
  /** What whoever compares figures should know, such as tasks that two splits share; `misstep env list` tells it. */
  readonly remarks?: readonly string[]
  /** The benchmark's usual step limit. */
  readonly stepLimit: number
  close(): Promise<void>
}

/**
 * Declares an environment; checks its name and splits and returns it as it is.
 *
 * @throws {TypeError} when the name is not kebab-case or a split is missing
 * @example
 * export default defineEnvironment({ name: 'lights', splits: ['train', 'unseen'], version: '1', prompt: '', stepLimit: 10, tasks, start, close: async () => {} })
 */
export function defineEnvironment(environment: Environment): Environment {
  if (!/^[a-z][a-z0-9-]*$/.test(environment.name)) {
    throw new TypeError(
      `An environment's name is kebab-case, such as "my-world"; got ${JSON.stringify(environment.name)}`,
    )
  }
  if (environment.splits.length === 0) throw new TypeError(`Environment ${environment.name} names no split`)
  return environment
}
