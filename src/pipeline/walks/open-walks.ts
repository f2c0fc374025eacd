/**
 * Opens the walks that a recipe for pre-training asks for.
 * @module
 */
import { z } from 'zod'
import { householdPlaySchema, householdWalks } from './household-walks.ts'
import { sciencePlaySchema, scienceWalks } from './science-walks.ts'
import { shopPlaySchema, shopWalks } from './shop-walks.ts'
import type { Walks } from './walk.ts'

/** Where the walks are, and how long. */
export const playSchema = z.union([householdPlaySchema, shopPlaySchema, sciencePlaySchema])
export type PlayRecipe = z.infer<typeof playSchema>

/**
 * The walks that a recipe asks for.
 *
 * @throws {MisstepError} where a simulator is needed and missing
 * @example
 * const { steps } = await (await openWalks(recipe.play)).walk(1_000_000, 20, createRandom('walk', 1))
 */
export async function openWalks(play: PlayRecipe): Promise<Walks> {
  if (play.environment === 'sciworld') return scienceWalks(play)
  return play.environment === 'webshop' ? shopWalks(play) : householdWalks(play)
}
