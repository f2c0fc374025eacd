/**
 * The shortest way to what is wanted, for one who knows which product is meant.
 * @module
 */
import { choicesOf } from './expert-facts.ts'
import { type Intent, isListed, stepsToward, type Target } from './expert-route.ts'
import { wishOf } from './expert-wish.ts'
import { findProducts } from './find-products.ts'
import type { Goal } from './goal.ts'
import type { Product } from './product.ts'
import type { Session } from './session.ts'
import type { Shop } from './shop.ts'

/** Per shop and goal, where the product that is meant is found: searching takes longer than all the rest. */
const places = new WeakMap<Shop, WeakMap<Goal, Place | undefined>>()

type Place = Pick<Target, 'query' | 'page'>

/**
 * The next steps of one who knows which product is meant, any of which is as good as the first; none once the purchase
 * is made, or where no search finds the product.
 *
 * @example
 * shortestSteps(episode.shop, episode.session)[0]?.action // 'search[slim fit shirt long sleeve red]'
 */
export function shortestSteps(shop: Shop, session: Session): Intent[] {
  const { goal, view } = session
  const product = shop.products.get(goal.asin)
  if (view === 'done' || !product) return []
  const choices = choicesOf(product, wishOf(goal))
  const here = { product, choices, unread: [], query: session.query, page: session.page }
  if (view === 'results' && isListed(shop, session, goal.asin)) return stepsToward(shop, session, here)
  if (session.asin === goal.asin) return stepsToward(shop, session, here)
  const place = findPlace(shop, session, product)
  if (!place) return []
  return stepsToward(shop, session, { ...here, ...place })
}

function findPlace(shop: Shop, { goal, goalIndex }: Session, product: Product): Place | undefined {
  const known = places.get(shop) ?? new WeakMap<Goal, Place | undefined>()
  places.set(shop, known)
  if (known.has(goal)) return known.get(goal)
  let best: Place | undefined
  const { words } = wishOf(goal)
  for (const query of [words.join(' '), `${words.join(' ')} ${product.title}`, product.title]) {
    // What would end the action early, or is no word.
    const said = query
      .toLowerCase()
      .replace(/[[\]<>\s]+/g, ' ')
      .trim()
    if (said === '') continue
    const at = findProducts(shop, said, goalIndex)?.indexOf(product.asin) ?? -1
    const page = Math.floor(at / shop.pageSize) + 1
    if (at >= 0 && (!best || page < best.page)) best = { query: said, page }
    if (best?.page === 1) break
  }
  known.set(goal, best)
  return best
}
