/**
 * What is best done next in the shop by one who knows only what the pages have shown.
 * The expert does it; the judge asks whether a step was one of those that are as good.
 * @module
 */
import { type Facts, factsOf, pointsOf } from './expert-facts.ts'
import { type Knowledge, learn } from './expert-knowledge.ts'
import { type Intent, stepsToward, type Target } from './expert-route.ts'
import { type Wish, wishOf } from './expert-wish.ts'
import type { Session } from './session.ts'
import type { Shop } from './shop.ts'

export interface Plan {
  readonly wish: Wish
  readonly knowledge: Knowledge
  /** All products that were seen. */
  readonly facts: readonly Facts[]
  /** The next steps, any of which is as good as the first; none once the purchase is made or nothing is left to try. */
  readonly good: readonly Intent[]
}

/** Pages of results that are looked through for one search. */
const MOST_PAGES = 2

/**
 * Looks for a product that may have all that is wanted, and takes the best one found where there is none or patience
 * ends.
 *
 * @param history every session so far, the present one last
 * @param patience the number of steps within which something should be bought
 * @example
 * plan(episode.shop, episode.history, 15).good[0]?.action // 'search[slim fit shirt long sleeve red]'
 */
export function plan(shop: Shop, history: readonly Session[], patience: number): Plan {
  const session = history.at(-1)!
  const wish = wishOf(session.goal)
  const knowledge = learn(shop, history)
  const facts = factsOf(knowledge.products.values(), wish)
  const left = patience - (history.length - 1)
  const steps = session.view === 'done' ? [] : nextSteps(shop, session, { wish, knowledge, facts }, left)
  return { wish, knowledge, facts, good: steps }
}

function nextSteps(shop: Shop, session: Session, known: Omit<Plan, 'good'>, left: number): Intent[] {
  const { wish, knowledge, facts } = known
  const toward = (each: Facts, unread: readonly string[]) => stepsToward(shop, session, targetOf(each, unread))
  const isHere = (each: Facts) => Number(each.known.product.asin === session.asin)
  const opened = facts.filter(each => each.known.isOpened)
  const unopened = facts.filter(each => !each.known.isOpened && each.price !== 'above').sort(byRank)
  const best = opened.sort((a, b) => worth(b) - worth(a) || isHere(b) - isHere(a))[0]

  // To read takes a step; if it disappoints, it takes two to be at another product, which there must be time to buy.
  const toBuy = wish.options.length + 1
  const isRight = best?.hope === pointsOf(wish) && !(best.isForeign && unopened.some(each => each.isKind))
  if (best && isRight) return toward(best, left < 3 + toBuy ? [] : best.unread)
  // To look at another product and come back takes five.
  const isPatient = left >= 5 + toBuy
  if (best && !isPatient) return toward(best, [])

  const open = unopened.filter(each => !best || each.hope > best.hope || (each.isKind && best.isForeign))
  const isWorthwhile = open.some(each => each.isKind || each.told.length > 0)
  // Where words of somebody else's have found nothing of the kind, the instruction's own words come first.
  if (open.length > 0 && (isWorthwhile || knowledge.searches.has(queriesOf(wish)[0]!))) return openAny(open, toward)
  const look = explore(shop, session, knowledge, wish)
  if (look.length > 0 && isPatient) return look
  const last = best ?? [...facts].sort((a, b) => worth(b) - worth(a) || byRank(a, b))[0]
  return last ? toward(last, []) : look
}

/** What it costs that a title does not say what the product is: it may be the right kind all the same. */
const UNNAMED = 0.5
const worth = ({ hope, isKind }: Facts) => hope - (isKind ? 0 : UNNAMED)

/** Of several products that may be right, search has the likeliest first; any of those on the page is worth a look. */
function openAny(candidates: readonly Facts[], toward: (each: Facts, unread: readonly string[]) => Intent[]): Intent[] {
  const [first] = candidates
  const steps = toward(first!, [])
  if (steps[0]?.purpose !== 'open') return steps
  const likely = candidates.filter(each => each === first || !each.isForeign)
  return likely.flatMap(each => toward(each, []).filter(({ purpose }) => purpose === 'open'))
}

function targetOf(facts: Facts, unread: readonly string[]): Target {
  const { product, query, page } = facts.known
  return { product, query, page, choices: facts.choices, unread, facts }
}

const byRank = (a: Facts, b: Facts) =>
  Number(b.isKind) - Number(a.isKind) || a.known.page - b.known.page || a.known.place - b.known.place

/** Looks at more products: the next page of results, or other words. */
function explore({ pageSize }: Shop, session: Session, { searches }: Knowledge, wish: Wish): Intent[] {
  const { view, query, page, hits } = session
  const seen = searches.get(query)
  const queries = queriesOf(wish)
  if (view !== 'start' && seen && queries.includes(query)) {
    const last = Math.min(MOST_PAGES, Math.ceil(hits.length / pageSize))
    for (let next = 1; next <= last; next++) {
      if (seen.has(next)) continue
      if (view !== 'results') return [{ purpose: view === 'item' ? 'leave' : 'return', action: 'click[< Prev]' }]
      return [{ purpose: 'turn-page', action: page < next ? 'click[Next >]' : 'click[< Prev]' }]
    }
  }
  const fresh = queries.find(each => !searches.has(each))
  return fresh === undefined ? [] : [{ purpose: 'search', action: `search[${fresh}]` }]
}

/** Words to search for: all, then those that are no values to choose, then what the product is. */
function queriesOf({ words, options, kind }: Wish): string[] {
  const values = new Set(options.flatMap(({ value }) => value.split(/\s+/)))
  const fewer = words.filter(word => !values.has(word))
  return [...new Set([words, fewer, kind].map(each => each.join(' ')))].filter(query => query !== '')
}
