/**
 * The visible texts of a page, in order.
 * @module
 */
import { byCodePoint } from '../../python-text.ts'
import type { Product } from '../product.ts'
import { jsonDumps, pythonFloat } from '../python/repr.ts'
import { DETAILS, type Detail, type Session } from '../session.ts'
import type { Shop } from '../shop.ts'

/** One text, and what holds it. */
export interface Piece {
  readonly text: string
  readonly as: 'text' | 'button' | 'option' | 'product'
}

const text = (text: string): Piece => ({ text, as: 'text' })
const button = (text: string): Piece => ({ text, as: 'button' })

/**
 * The texts of the page that a session is on.
 *
 * @example
 * piecesOf(shop, session).map(piece => piece.text)
 */
export function piecesOf(shop: Shop, session: Session): Piece[] {
  const { view, goal } = session
  if (view === 'done') return done(session)
  if (view === 'start') return [text('WebShop'), text('Instruction: '), text(goal.instruction), button('Search')]
  const head = [text('Instruction:'), text(goal.instruction), button('Back to Search')]
  if (view === 'results') return [...head, ...results(shop, session)]
  const product = productOf(shop, session)
  const body = view === 'item' ? item(shop, product) : detail(view, product)
  return [...head, button('< Prev'), ...body]
}

/** The product that a session looks at. */
export function productOf(shop: Shop, { asin }: Session): Product {
  const product = asin === undefined ? undefined : shop.products.get(asin)
  if (!product) throw new RangeError(`No product ${asin} is open`)
  return product
}

/** The products on the page of results: Python's slice, in which places below zero count from the end. */
export function productsOnPage({ pageSize, products }: Shop, { hits, page }: Session): Product[] {
  return hits.slice((page - 1) * pageSize, page * pageSize).map(asin => products.get(asin)!)
}

/** The buttons of a product's page that say more about it. */
export function detailsOf(shop: Shop): readonly Detail[] {
  return shop.showAttributes ? DETAILS : DETAILS.slice(0, 3)
}

function results(shop: Shop, session: Session): Piece[] {
  const { page, hits } = session
  const pieces = [text(`Page ${page} (Total results: ${hits.length})`)]
  if (page > 1) pieces.push(button('< Prev'))
  pieces.push(button('Next >'))
  for (const { asin, title, price } of productsOnPage(shop, session)) {
    pieces.push({ text: asin, as: 'product' }, text(title), text(price))
  }
  return pieces
}

function item(shop: Shop, { options, title, price }: Product): Piece[] {
  const pieces: Piece[] = []
  for (const [name, values] of options) {
    pieces.push(text(name))
    for (const value of values) pieces.push({ text: value, as: 'option' })
  }
  pieces.push(text(title), text(`Price: ${price}`), text('Rating: N.A.'))
  for (const name of detailsOf(shop)) pieces.push(button(name))
  pieces.push(button('Buy Now'))
  return pieces
}

/** Reviews are never loaded, so there are none. */
function detail(view: Detail, product: Product): Piece[] {
  if (view === 'Description') return [text(product.description)]
  if (view === 'Features') return product.bulletPoints.map(point => text(` ${point}`))
  if (view === 'Reviews') return []
  const { attributes, category, query, productCategory } = product
  return [
    ...attributes.map(attribute => text(` ${attribute}`)),
    ...[category, query, productCategory].map(part => text(part)),
  ]
}

/** The page has room for what was bought and wanted, but the original's text environment hands over only a part. */
function done({ asin, options, reward }: Session): Piece[] {
  const bought = ['asin', asin ?? 'None', 'options', sortedJson(options), 'attrs', 'None', 'category', 'None']
  return [
    ...['Thank you for shopping with us!', 'Your code: ', 'None', ' (Paste it in your MTurk interface.)', 'Purchased'],
    ...bought,
    ...['query', 'None', 'product category', 'None', 'Target'],
    ...['asin', 'options', 'attrs', 'price upper', 'instuction text', 'category', 'product category', 'query'],
    ...['Goal ', 'None', 'Reward', 'Your score (min 0.0, max 1.0)', pythonFloat(reward?.total ?? 0)],
    ...['Reward Details ', 'None'],
  ].map(text)
}

/**
 * A dict as Flask writes it into pages: keys sorted, and nothing in it that could end a script or a tag.
 *
 * @example
 * sortedJson(new Map([['size', "men's"]])) // {"size": "men\u0027s"}
 */
export function sortedJson(dict: ReadonlyMap<string, string | null>): string {
  const sorted = new Map([...dict].sort(([a], [b]) => byCodePoint(a, b)))
  return jsonDumps(sorted).replace(/[<>&']/g, unit => `\\u00${unit.charCodeAt(0).toString(16)}`)
}
