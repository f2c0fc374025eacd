/**
 * The state of one episode of an ALFWorld game.
 * @module
 */
import type { Outcome } from '../../core/environment.ts'
import type { Game } from './game.ts'
import type { Profile } from './profile.ts'

/** The mutable state that the rules work on. Indices are those of `game.receptacles` and `game.objects`. */
export interface World {
  readonly game: Game
  /** The wording; `PROFILES[profile]` says what it means, such as the words of the put command. */
  readonly profile: Profile
  /** Index of the agent's location. */
  location: number
  /** Whether the agent has gone anywhere yet. */
  moved: boolean
  /** Index of the held object, or -1. */
  held: number
  /** Per receptacle, whether it is open. */
  opened: Uint8Array
  /** Per receptacle, the indices of its objects, sorted by index. An object may be in several. */
  contents: number[][]
  /** Per object. */
  clean: Uint8Array
  hot: Uint8Array
  cool: Uint8Array
  sliced: Uint8Array
  toggled: Uint8Array
  /** Per receptacle, 1 once its contents have been shown to the player while it could be looked into. */
  shown: Uint8Array
  won: boolean
  /** Receptacles at the agent's location, sorted. */
  here(): number[]
  /** Does one command; `Nothing happens.` where it is not valid now. */
  step(command: string): Outcome
  /** The commands that are valid now, in code-point order. */
  admissible(): string[]
  /** An independent copy. */
  fork(): World
}
