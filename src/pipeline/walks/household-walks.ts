/**
 * Aimless play in households.
 * @module
 */
import { z } from 'zod'
import { createGameEpisode } from '../../environments/alfworld/game-episode.ts'
import { generateGame } from '../../environments/households/generate.ts'
import { createLayouts } from '../../environments/households/layout.ts'
import { wander } from '../../environments/households/wander.ts'
import { steps, type Walks } from './walk.ts'

export const householdPlaySchema = z.strictObject({
  environment: z.literal('households').optional(),
  /** Number of the first game of the train split to wander through: beyond all that recipes train on. */
  from: z.int(),
  steps,
  /** Most receptacles of one type in a room. */
  most: z.int(),
})

/** Each walk is in a household of its own. */
export function householdWalks(play: z.infer<typeof householdPlaySchema>): Walks {
  const layouts = createLayouts(play.most)
  return {
    prompt: '',
    first: play.from,
    async walk(number, length, random) {
      const game = generateGame(layouts, 'train', number)
      const { instruction, observation: opening } = createGameEpisode(game)
      return { instruction, opening, steps: wander(game, random, length), unforeseen: new Set() }
    },
    start: async number => createGameEpisode(generateGame(layouts, 'train', number)),
    close: async () => {},
  }
}
