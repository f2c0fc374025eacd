/**
 * What a search on the site finds.
 * @module
 */
import { strip } from '../../python-text.ts'
import { findProducts } from '../find-products.ts'
import type { Shop } from '../shop.ts'

/**
 * The names of the products that a query finds, best first. In the original only the site, not the text environment, knows
 * `<a>`, which finds all products with an attribute.
 *
 * @param seed names the chance of `<r>`
 * @returns nothing where the shop cannot search for it
 * @example
 * findOnSite(shop, '<a> long lasting', 12)
 */
export function findOnSite(shop: Shop, query: string, seed: number): readonly string[] | undefined {
  if (query.split(' ', 1)[0] !== '<a>') return findProducts(shop, query, seed)
  const { products } = shop
  const attribute = strip(query.slice('<a>'.length))
  const all = Array.from({ length: products.size }, (_, place) => products.at(place))
  return all.filter(({ attributes }) => attributes.includes(attribute)).map(({ asin }) => asin)
}
