/**
 * ALFWorld as an environment: the benchmark's own games in our engine.
 * @module
 */
import { defineEnvironment, type Environment } from '../../core/environment.ts'
import { commandsOf, OBSERVATION_STARTS } from './commands-of.ts'
import { createGameEpisode } from './game-episode.ts'
import type { GameLibrary } from './game-library.ts'
import type { Profile } from './profile.ts'
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
    prompt: commandsOf(profile),
    stop: OBSERVATION_STARTS,
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
