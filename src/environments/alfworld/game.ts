/**
 * What one ALFWorld game fixes: its receptacles, objects, starting facts and goal.
 * @module
 */

/** The six kinds of task, named as the benchmark names them. */
export const TASK_KINDS = [
  'pick_and_place_simple',
  'look_at_obj_in_light',
  'pick_clean_then_place_in_recep',
  'pick_heat_then_place_in_recep',
  'pick_cool_then_place_in_recep',
  'pick_two_obj_and_place',
] as const
export type TaskKind = (typeof TASK_KINDS)[number]

/** A place that holds things. The index in `Game.receptacles` is its identity; the order is by `id`. */
export interface Receptacle {
  /** The original's identifier, lower case, such as `cabinet_bar__plus_00_dot_10...`. */
  id: string
  /** What is shown, such as `cabinet 3`. */
  name: string
  /** Lower case, without the ending `type`: `cabinet`. */
  type: string
  /** Index of its location, -1 where the facts give none (then it cannot be reached). */
  location: number
  openable: boolean
}

/** A thing. The index in `Game.objects` is its identity; the order is by `id`. */
export interface Thing {
  id: string
  name: string
  /** Lower case, without the ending `type`: `mug`. */
  type: string
  pickupable: boolean
  cleanable: boolean
  heatable: boolean
  coolable: boolean
  sliceable: boolean
  toggleable: boolean
  /** Whether things can be inside it. */
  isReceptacle: boolean
  /** Indices of the things inside it, sorted; never changes. */
  inside: readonly number[]
}

export interface Goal {
  kind: TaskKind
  /** The wanted type of object, such as `mug`. */
  object: string
  /** The wanted type of receptacle; absent for `look_at_obj_in_light`. */
  receptacle?: string
  /** The wanted type of lamp; only for `look_at_obj_in_light`. */
  lamp?: string
}

/** A game as parsed: nothing in it changes while it is played, so that thousands of episodes share it. */
export interface Game {
  id: string
  kind: TaskKind
  goal: Goal
  /** The task sentence with its final full stop, such as `put a clean mug in coffeemachine.` */
  sentence: string
  receptacles: readonly Receptacle[]
  objects: readonly Thing[]
  /** Number shown for each location by the old grammar's `loc N`. */
  locationNumbers: readonly number[]
  /** Pairs `receptacleType objectType` that may hold, as `cabinet mug`. */
  canContain: ReadonlySet<string>
  start: StartingFacts
}

export interface StartingFacts {
  /** Index of the agent's location. */
  location: number
  /** Per receptacle, whether it is open. */
  opened: readonly boolean[]
  /** Per receptacle, the indices of its objects, sorted. */
  contents: readonly (readonly number[])[]
  /** Per object, the location indices of its `objectAtLocation` facts, sorted. */
  objectLocations: readonly (readonly number[])[]
  clean: readonly boolean[]
  hot: readonly boolean[]
  cool: readonly boolean[]
  sliced: readonly boolean[]
  toggled: readonly boolean[]
}

/** A PDDL fact: predicate and arguments, all lower case. */
export type Fact = readonly [predicate: string, ...args: string[]]

/** What `buildGame` makes a game from: what a problem file says, or what our own generator makes up. */
export interface GameSource {
  id: string
  sentence: string
  goal: Goal
  facts: readonly Fact[]
  /** A shared `Game.canContain` that stands for all `cancontain` facts, so that thousands of games keep it once. */
  canContain?: ReadonlySet<string>
}
