/**
 * ALFWorld as an environment: the benchmark's own games in our engine.
 * @module
 */
import { defineEnvironment, type Environment } from '../../core/environment.ts'
import { createGameEpisode } from './game-episode.ts'
import type { GameLibrary } from './game-library.ts'
import { PROFILES, type Profile } from './profile.ts'
import { type Order, selectGames } from './select-games.ts'

export { createGameEpisode } from './game-episode.ts'

export interface AlfworldOptions {
  /** Where the games come from; see `openGameLibrary`. */
  games: GameLibrary
  /** The wording. @default the version of the library's data */
  profile?: Profile
  /** The order of a split's tasks. @default 'sorted' */
  order?: Order
}

/**
 * The text half of ALFWorld (Shridhar et al. 2021): splits `train`, `seen` and `unseen`, 50 steps.
 *
 * @example
 * const environment = createAlfworld({ games: await openGameLibrary('~/.cache/misstep/alfworld') })
 * const [task] = await environment.tasks('unseen')
 */
export function createAlfworld(options: AlfworldOptions): Environment {
  const { games, profile = games.profile, order = 'sorted' } = options
  return defineEnvironment({
    name: 'alfworld',
    splits: games.splits,
    version: `alfworld ${profile}, games ${games.version}`,
    prompt: promptOf(profile),
    stepLimit: 50,
    async tasks(split) {
      return selectGames(games, { split, order }).map(({ id, kind, split }) => ({
        id,
        environment: 'alfworld',
        split,
        kind,
      }))
    },
    start: async task => createGameEpisode(games.load(task.id), profile),
    close: async () => {},
  })
}

function promptOf(profile: Profile): string {
  const { put, joint } = PROFILES[profile]
  return `You are in a household and solve a task there, one command at a time. The commands, with names just as you see them:
look
inventory
go to <receptacle>
open <receptacle>
close <receptacle>
examine <receptacle or held object>
take <object> from <receptacle>
${put} <object>${joint}<receptacle>
use <lamp>
clean <object> with <sinkbasin>
heat <object> with <microwave>
cool <object> with <fridge>
slice <object> with <knife>
You hold one object at a time. "Nothing happens." means that a command was not valid.`
}
