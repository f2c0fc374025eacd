/**
 * Aimless visits to the shop, with a running commentary on what the pages show: the text that a base student is
 * pre-trained on, as a stand-in for a language model's pre-training. What to do is drawn by chance; no expert is asked,
 * and nothing is said about what failed.
 * @module
 */
import type { Random } from '../../core/random.ts'
import type { Step } from '../../core/trajectory.ts'
import { act } from './act.ts'
import { clickables } from './clickables.ts'
import { type Facts, factsOf } from './expert-facts.ts'
import { learn } from './expert-knowledge.ts'
import { announce, chosenRemark, factsOn, findingsRemark, list, priceRemark, stockRemarks } from './expert-remarks.ts'
import type { Purpose } from './expert-route.ts'
import { wishOf } from './expert-wish.ts'
import { observe } from './pages/observe.ts'
import { productsOnPage } from './pages/pieces.ts'
import { openSession, type Session } from './session.ts'
import type { Shop } from './shop.ts'

/** An action drawn by chance, with what to call it. */
interface Whim {
  purpose: Purpose
  action: string
}

/** Share of steps that click on something which is mostly not there. */
const MADE_UP = 0.05

/**
 * Wanders through the shop under a goal for a number of steps; the last one may be a purchase.
 *
 * @param index the goal's number
 * @example
 * wander(shop, 0, createRandom('walk', 1), 10)[0] // { thought: 'I need shirt. I search.', action: 'search[slim fit]', … }
 */
export function wander(shop: Shop, index: number, random: Random, length: number): Step[] {
  const history = [openSession(String(index), shop.goals[index]!, index)]
  const steps: Step[] = []
  while (steps.length < length) {
    const session = history.at(-1)!
    const { words, asin } = remarkOn(shop, history, random)
    const isLast = steps.length === length - 1
    const whim = isLast && session.view === 'item' && random.chance(0.5) ? BUY : drawWhim(shop, session, asin, random)
    const { session: next, reason } = act(shop, session, whim.action)
    if (reason === undefined) history.push(next)
    steps.push({
      thought: [...words, announce(whim, session)].join(' '),
      action: whim.action,
      observation: observe(shop, next, 'text'),
      reward: next.reward?.total ?? 0,
      done: next.view === 'done',
      accepted: reason === undefined,
      by: 'student',
    })
    if (next.view === 'done') break
  }
  return steps
}

const BUY: Whim = { purpose: 'buy', action: 'click[Buy Now]' }

/** True remarks on the page, and the product that the last of them is about. */
function remarkOn(shop: Shop, history: readonly Session[], random: Random): { words: string[]; asin?: string } {
  const session = history.at(-1)!
  const wish = wishOf(session.goal)
  if (session.view === 'start') return { words: [`I need ${wish.kind.join(' ')}.`] }
  const facts = factsOf(learn(shop, history).products.values(), wish)
  if (session.view === 'results') {
    const run = someOf(productsOnPage(shop, session), random, 3)
    const words = run.map(({ asin }) => lookAt(facts.find(({ known }) => known.product.asin === asin)!))
    return { words, ...(run.length > 0 && { asin: run.at(-1)!.asin }) }
  }
  const here = factsOn(session, facts)
  if (!here) return { words: [] }
  if (session.view !== 'item')
    return { words: [findingsRemark(session, here, wish)].filter(each => each !== undefined) }
  const chosen = random.chance(0.7) ? chosenRemark(session) : ''
  return { words: [chosen, ...someOf(stockRemarks(here, wish), random, 4)].filter(each => each !== '') }

  function lookAt(each: Facts): string {
    if (each.known.isOpened) return `I looked at ${each.known.product.asin}.`
    return [priceRemark(each, wish), each.told.length > 0 ? `It has ${list(each.told)}.` : ''].filter(Boolean).join(' ')
  }
}

/** Some neighbours from a list, those near its start more often than others. */
function someOf<T>(items: readonly T[], random: Random, most: number): readonly T[] {
  const start = Math.min(random.integer(items.length), random.integer(items.length))
  return items.slice(start, start + 1 + random.integer(most))
}

function drawWhim(shop: Shop, session: Session, asin: string | undefined, random: Random): Whim {
  const { view } = session
  const search: Whim = { purpose: 'search', action: `search[${drawWords(shop, session, random)}]` }
  if (view === 'start') return search
  if (view === 'results') {
    const listed = productsOnPage(shop, session)
    if (listed.length === 0 || random.chance(0.15)) return search
    if (random.chance(0.06)) return { purpose: 'turn-page', action: 'click[Next >]' }
    const open = random.chance(MADE_UP) ? shop.products.at(random.integer(shop.products.size)).asin : undefined
    return { purpose: 'open', action: `click[${open ?? (random.chance(0.8) ? asin! : random.pick(listed).asin)}]` }
  }
  if (view !== 'item') return random.chance(0.25) ? search : { purpose: 'return', action: 'click[< Prev]' }
  if (random.chance(0.08)) return search
  if (random.chance(0.22)) return { purpose: 'leave', action: 'click[< Prev]' }
  const value = drawValue(shop, session, random)
  if (value !== undefined && random.chance(0.65)) return { purpose: 'choose', action: `click[${value}]` }
  return { purpose: 'read', action: random.chance(0.85) ? 'click[Features]' : 'click[Description]' }
}

/** A value that the product comes in, more often one that the instruction names. */
function drawValue(shop: Shop, session: Session, random: Random): string | undefined {
  const values = [...clickables(shop, session)].flatMap(([name, { kind }]) => (kind === 'option' ? [name] : []))
  const named = wishOf(session.goal).options.map(({ value }) => value)
  if (named.length > 0 && random.chance(MADE_UP)) return random.pick(named)
  const wanted = values.filter(value => named.includes(value))
  return wanted.length > 0 && random.chance(0.5) ? random.pick(wanted) : values[random.integer(values.length)]
}

/** Words to search for: some neighbours from the instruction, or from a title. */
function drawWords(shop: Shop, session: Session, random: Random): string {
  const ofTitle = () => shop.products.at(random.integer(shop.products.size)).title.toLowerCase().split(' ').slice(1)
  const words = random.chance(0.8) ? wishOf(session.goal).words : ofTitle()
  const start = random.chance(0.5) ? 0 : random.integer(words.length)
  const end = random.chance(0.5) ? words.length : start + 1 + random.integer(words.length - start)
  return words.slice(start, end).join(' ')
}
