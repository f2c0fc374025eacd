/**
 * Why a step is done, in the words of one who does it: short, in few different words, naming what was looked at before
 * saying what follows from it. Aimless walks (`wander.ts`) remark on pages in the same words.
 * @module
 */
import { type Facts, isToldIn, pointsOf } from './expert-facts.ts'
import type { Intent } from './expert-route.ts'
import { textsAt } from './expert-texts.ts'
import { type Wish, wishOf } from './expert-wish.ts'
import { NO_BOUND } from './price-bound.ts'
import type { Session } from './session.ts'

/**
 * The thought of a step: remarks on what is seen, and what is done about it.
 *
 * @param facts what is known of the products that were seen; empty for one who knows everything
 * @example
 * thoughtOf(intent, session) // 'B417 costs $24.5. That is less than 40.00 dollars. It has slim fit. I open B417.'
 */
export function thoughtOf(intent: Intent, session: Session, facts: readonly Facts[] = []): string {
  return `${reasonFor(intent, session, facts)} ${announce(intent, session)}`.trim()
}

function reasonFor(intent: Intent, session: Session, facts: readonly Facts[]): string {
  const wish = wishOf(session.goal)
  const here = factsOn(session, facts)
  const { target, purpose, value } = intent
  const asin = target?.product.asin ?? ''
  switch (purpose) {
    case 'search':
      return reasonToSearch(intent, session, wish, here)
    case 'turn-page':
      return target ? `${asin} is on another page.` : 'Nothing on this page fits.'
    case 'open':
      return target?.facts ? lookOver(target.facts, session, facts, wish) : `${asin} is what I need.`
    case 'read':
      return takeStock(session, here, wish) || `I do not see ${list(target!.unread)} here.`
    case 'return':
      return findingsOf(session, here, wish)
    case 'leave':
      return (hasMissing(here) && takeStock(session, here, wish)) || (flawOf(here, wish) ?? betterThan(asin))
    case 'choose':
      return takeStock(session, here, wish) || `${chosenRemark(session)} I need ${value}.`.trim()
    case 'buy': {
      const verdict = isAll(here, wish) ? `${asin} has all that I need.` : `I found nothing better than ${asin}.`
      return `${takeStock(session, here, wish) || chosenRemark(session)} ${verdict}`.trim()
    }
  }
}

/**
 * What one is about to do.
 *
 * @example
 * announce({ purpose: 'open', action: 'click[B417]' }, session) // 'I open B417.'
 */
export function announce(
  { purpose, action, target }: Pick<Intent, 'purpose' | 'action' | 'target'>,
  { query, view, asin }: Session,
): string {
  const name = action.slice(action.indexOf('[') + 1, -1)
  switch (purpose) {
    case 'search':
      return query === '' ? 'I search.' : 'I search again.'
    case 'turn-page':
      return target ? 'I turn the page.' : 'I go to the next page.'
    case 'open':
      return `I open ${name}.`
    case 'read':
      return `I read the ${name.toLowerCase()}.`
    case 'return':
    case 'leave':
      return `I go back to ${view === 'item' ? 'the results' : asin}.`
    case 'choose':
      return `I choose ${name}.`
    case 'buy':
      return `I buy ${asin}.`
  }
}

/** What is known of the product that is open; nothing where none is. */
export function factsOn({ asin }: Session, facts: readonly Facts[]): Facts | undefined {
  return asin === undefined ? undefined : facts.find(({ known }) => known.product.asin === asin)
}

/**
 * What is wrong with a product, as far as is known; nothing where it may be right.
 *
 * @example
 * flawOf(facts, wish) // 'B417 does not come in pink.'
 */
export function flawOf(facts: Facts | undefined, wish: Wish): string | undefined {
  if (!facts) return undefined
  const { known, price, choices, lacking, isForeign } = facts
  const { asin } = known.product
  if (price === 'above') return priceRemark(facts, wish)
  const missing = choices.filter(({ values }) => values.length === 0).map(({ wanted }) => wanted.value)
  if (missing.length > 0) return `${asin} does not come in ${list(missing)}.`
  if (lacking.length > 0) return `${asin} does not say ${list(lacking)}.`
  return isForeign ? `The title of ${asin} does not say ${wish.kind.join(' ')}.` : undefined
}

/** What a product costs, and whether that is little enough. */
export function priceRemark({ known: { product }, price }: Facts, wish: Wish): string {
  const costs = `${product.asin} costs ${product.price}.`
  if (wish.priceUpper >= NO_BOUND) return costs
  const verdict = { above: 'is more', fits: 'is less', unsure: 'may be less' }[price]
  return `${costs} That ${verdict} than ${wish.priceUpper.toFixed(2)} dollars.`
}

/**
 * What is wanted, one thing after the other, and whether the page of the open product shows it.
 *
 * @example
 * stockRemarks(facts, wish) // ['I need red. It comes in red.', 'I need slim fit. I do not see it here.']
 */
export function stockRemarks({ choices, known }: Facts, wish: Wish): string[] {
  const title = textsAt(known.product, 'title')
  return [
    ...choices.map(({ wanted, values: [value] }) =>
      value === undefined
        ? `I need ${wanted.value}. It does not come in ${wanted.value}.`
        : `I need ${wanted.value}. It comes in ${value}.`,
    ),
    ...wish.attributes.map(each => `I need ${each}. ${isToldIn(title, each) ? `It has ${each}.` : NOT_HERE}`),
  ]
}

const NOT_HERE = 'I do not see it here.'

/** What the open page of details says of what the title leaves open; nothing where that is nothing. */
export function findingsRemark({ view }: Session, { known, told }: Facts, wish: Wish): string | undefined {
  if (view !== 'Features' && view !== 'Attributes') return undefined
  const title = textsAt(known.product, 'title')
  const looked = wish.attributes.filter(attribute => !isToldIn(title, attribute))
  if (looked.length === 0) return undefined
  const page = view.toLowerCase()
  return looked
    .map(each => `I need ${each}. The ${page} ${told.includes(each) ? 'say' : 'do not say'} ${each}.`)
    .join(' ')
}

/** What was chosen so far; empty where nothing was. */
export function chosenRemark({ options }: Session): string {
  return options.size > 0 ? `I chose ${list([...options.values()])}.` : ''
}

/** Several things in a row: `slim fit, dry clean and long sleeve`. */
export function list(things: readonly string[]): string {
  const last = things.at(-1) ?? ''
  return things.length < 2 ? last : `${things.slice(0, -1).join(', ')} and ${last}`
}

/** On a page that shows a product for the first time: all that is wanted, up to what the product does not come in. */
function takeStock({ view, options }: Session, here: Facts | undefined, wish: Wish): string {
  if (!here || view !== 'item' || options.size > 0 || here.known.read.size > 0) return ''
  const remarks = stockRemarks(here, wish)
  const missing = here.choices.findIndex(({ values }) => values.length === 0)
  return remarks.slice(0, missing < 0 ? remarks.length : missing + 1).join(' ')
}

function hasMissing(facts: Facts | undefined): boolean {
  return facts?.choices.some(({ values }) => values.length === 0) ?? false
}

/** Products that are passed over are named in so many remarks at most. */
const PASSED_OVER = 3

/** Down the page to a product: what was looked at before and what is too dear, then the product itself. */
function lookOver(target: Facts, { query, page }: Session, facts: readonly Facts[], wish: Wish): string {
  const isAbove = ({ known }: Facts) =>
    known.query === query && known.page === page && known.place < target.known.place && target.known.query === query
  const passed = facts
    .filter(each => isAbove(each) && (each.known.isOpened || each.price === 'above'))
    .sort((a, b) => a.known.place - b.known.place)
    .map(each => (each.known.isOpened ? `I looked at ${each.known.product.asin}.` : priceRemark(each, wish)))
  const merits = target.told.length > 0 ? [`It has ${list(target.told)}.`] : []
  return [...passed.slice(-PASSED_OVER), priceRemark(target, wish), ...merits].join(' ')
}

function reasonToSearch({ target }: Intent, session: Session, wish: Wish, here: Facts | undefined): string {
  if (here && session.view !== 'item') return findingsOf(session, here, wish)
  if (target?.facts) return betterThan(target.product.asin)
  if (session.query !== '' && !target) return 'I found nothing that fits. I try other words.'
  return `I need ${wish.kind.join(' ') || wish.words.join(' ')}.`
}

/** What the page of details that is open has told. */
function findingsOf(session: Session, facts: Facts | undefined, wish: Wish): string {
  return (facts && findingsRemark(session, facts, wish)) ?? 'I do not need this.'
}

function isAll(here: Facts | undefined, wish: Wish): boolean {
  return !here || (here.hope === pointsOf(wish) && here.unread.length === 0)
}

function betterThan(asin: string): string {
  return asin === '' ? 'I do not need this.' : `${asin} is better.`
}
