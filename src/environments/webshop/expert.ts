/**
 * The experts of the shop: one who knows only what the pages have shown, and one who knows what is meant.
 * @module
 */
import type { Move, Sight } from '../../core/environment.ts'
import { shortestSteps } from './expert-omniscient.ts'
import { type Plan, plan } from './expert-plan.ts'
import { thoughtOf } from './expert-remarks.ts'
import type { Session } from './session.ts'
import type { ShopEpisode } from './shop-episode.ts'

/** Steps after which something should be bought: what work on the benchmark commonly allows. */
export const PATIENCE = 15

/**
 * What the expert does next. With sight `seen` it searches for the instruction's words, opens products that may be
 * right, reads their features where the title does not tell all, goes on to others where something is missing, chooses
 * what is wanted and buys. With `everything` it takes the shortest way to the product that is meant. `undefined` once
 * the purchase is made, or where it knows no way.
 *
 * @param patience the number of steps within which it buys something, even if it is not all that is wanted
 * @example
 * expertMove(episode, 'seen') // { thought: 'I need shirt. I search.', action: 'search[slim fit shirt red]' }
 */
export function expertMove(
  { shop, session, history }: Pick<ShopEpisode, 'shop' | 'session' | 'history'>,
  sight: Sight,
  patience: number = PATIENCE,
): Move | undefined {
  if (sight === 'seen') return firstMove(session, plan(shop, history, patience))
  const [first] = shortestSteps(shop, session)
  return first && { thought: thoughtOf(first, session), action: first.action }
}

/** The first step of a plan that was made for where the session stands. */
export function firstMove(session: Session, found: Plan): Move | undefined {
  const [first] = found.good
  return first && { thought: thoughtOf(first, session, found.facts), action: first.action }
}
