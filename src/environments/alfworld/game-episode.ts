/**
 * One run through a game, as the play loop sees it.
 * @module
 */
import type { Episode, Outcome } from '../../core/environment.ts'
import { createWorld } from './create-world.ts'
import { describeOpening, describeTask } from './descriptions.ts'
import { expertMove } from './expert.ts'
import type { Game } from './game.ts'
import { createJudge } from './judge.ts'
import { PROFILES, type Profile } from './profile.ts'
import type { World } from './world.ts'

/**
 * Starts an episode of a game. Once won, further steps answer the last outcome again, as the original's batches do;
 * step limits belong to whoever plays.
 *
 * @param profile the wording; default: data version 2.1.3
 * @example
 * const episode = createGameEpisode(game)
 * await episode.step('go to desk 1')
 */
export function createGameEpisode(game: Game, profile: Profile = '2.1.3'): Episode {
  const world = createWorld(game, profile)
  return wrap(world, {
    observation: describeOpening(game, PROFILES[profile]),
    reward: world.won ? 1 : 0,
    done: world.won,
    won: world.won,
    accepted: true,
  })
}

function wrap(world: World, first: Outcome): Episode {
  let last = first
  return {
    instruction: describeTask(world.game),
    get observation() {
      return last.observation
    },
    get done() {
      return last.done
    },
    get won() {
      return last.won
    },
    get reward() {
      return last.reward
    },
    async step(action) {
      if (!last.done) last = world.step(action)
      return last
    },
    admissible: () => world.admissible(),
    fork: async () => wrap(world.fork(), last),
    expert: async sight => expertMove(world, sight),
    judge: () => createJudge(world),
    close: async () => {},
  }
}
