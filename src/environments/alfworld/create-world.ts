/**
 * Plays a game by the benchmark's rules.
 * @module
 */
import { admissibleCommands } from './admissible.ts'
import { readCommand, strip } from './command.ts'
import type { Game } from './game.ts'
import { isWon } from './goal.ts'
import { lookupOf } from './lookup.ts'
import { perform } from './perform.ts'
import { PROFILES, type Profile } from './profile.ts'
import { explainRejection } from './rejection.ts'
import type { WorldState } from './state.ts'
import type { World } from './world.ts'

/**
 * A game at its start. Worlds of one game share all that does not change.
 *
 * @param profile the wording; default: data version 2.1.3
 * @example
 * const world = createWorld(game)
 * world.step('go to desk 1').observation // 'You arrive at desk 1. On the desk 1, you see a mug 1.'
 */
export function createWorld(game: Game, profile: Profile = '2.1.3'): World {
  const { start } = game
  const state = createState(game, profile, {
    location: start.location,
    moved: false,
    held: -1,
    opened: bytes(start.opened),
    contents: start.contents.slice() as number[][],
    clean: bytes(start.clean),
    hot: bytes(start.hot),
    cool: bytes(start.cool),
    sliced: bytes(start.sliced),
    toggled: bytes(start.toggled),
    shown: new Uint8Array(game.receptacles.length),
    won: false,
    objectLocations: start.objectLocations.slice(),
    parted: undefined,
  })
  state.won = isWon(state)
  return state
}

type Changing = Omit<WorldState, 'game' | 'profile' | 'lookup' | 'wording' | 'here' | 'step' | 'admissible' | 'fork'>

function createState(game: Game, profile: Profile, changing: Changing): WorldState {
  const lookup = lookupOf(game)
  const wording = PROFILES[profile]
  const state: WorldState = {
    game,
    profile,
    lookup,
    wording,
    ...changing,
    here: () => lookup.at[state.location]!.slice(),
    admissible: () => admissibleCommands(state),
    step(text) {
      const command = readCommand(strip(text), wording)
      const feedback = command && perform(state, command)
      if (feedback !== undefined) state.won = isWon(state)
      const { won } = state
      const reward = won ? 1 : 0
      if (feedback !== undefined) return { observation: feedback, reward, done: won, won, accepted: true }
      const reason = explainRejection(state, command)
      return { observation: 'Nothing happens.', reward, done: won, won, accepted: false, reason }
    },
    fork: () =>
      createState(game, profile, {
        location: state.location,
        moved: state.moved,
        held: state.held,
        opened: state.opened.slice(),
        contents: state.contents.slice(),
        clean: state.clean.slice(),
        hot: state.hot.slice(),
        cool: state.cool.slice(),
        sliced: state.sliced.slice(),
        toggled: state.toggled.slice(),
        shown: state.shown.slice(),
        won: state.won,
        objectLocations: state.objectLocations.slice(),
        parted: state.parted && new Set(state.parted),
      }),
  }
  return state
}

/** As `Uint8Array.from(flags, Number)` does, at a tenth of its price. */
function bytes(flags: readonly boolean[]): Uint8Array {
  const marks = new Uint8Array(flags.length)
  for (let i = 0; i < flags.length; i++) if (flags[i]) marks[i] = 1
  return marks
}
