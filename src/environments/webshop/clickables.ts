/**
 * What can be clicked on the page that a session is on.
 * @module
 */
import { detailsOf, productOf, productsOnPage } from './pages/pieces.ts'
import type { Session } from './session.ts'
import type { Shop } from './shop.ts'

/** What a name on the page stands for, and how the page writes it; an option's name where it is a value. */
export type Clickable =
  | { readonly kind: 'button' | 'product'; readonly shown: string }
  | { readonly kind: 'option'; readonly shown: string; readonly name: string }

/**
 * The names that can be clicked, in small letters and in the original's order: buttons, then products, then values of options. A name that
 * stands for two things keeps its first place and means the last.
 *
 * @example
 * [...clickables(shop, session).keys()] // ['back to search', 'next >', 'b09qcp4579', …]
 */
export function clickables(shop: Shop, session: Session): Map<string, Clickable> {
  const names = new Map<string, Clickable>()
  const { view } = session
  const add = (kind: 'button' | 'product', shown: string) => names.set(shown.toLowerCase(), { kind, shown })
  if (view === 'done') return names
  if (view === 'start') return add('button', 'Search')
  add('button', 'Back to Search')
  if (view !== 'results' || session.page > 1) add('button', '< Prev')
  if (view === 'results') {
    add('button', 'Next >')
    for (const { asin } of productsOnPage(shop, session)) add('product', asin)
  }
  if (view === 'item') {
    for (const detail of detailsOf(shop)) add('button', detail)
    add('button', 'Buy Now')
    for (const [name, values] of productOf(shop, session).options) {
      for (const value of values) names.set(value, { kind: 'option', shown: value, name })
    }
  }
  return names
}
