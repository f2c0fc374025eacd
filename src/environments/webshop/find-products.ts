/**
 * What a search finds.
 * @module
 */
import { strip } from '../python-text.ts'
import { pythonRandom } from './python/random.ts'
import type { Shop } from './shop.ts'

/** The most products that a search for words finds. */
const MOST_HITS = 50

/**
 * The names of the products that a query finds, best first. As in the original, some first words are special: `<r>` for
 * fifty products by chance, `<c>` for those of a category, `<q>` for those that were gathered with a query.
 *
 * @param seed names the chance of `<r>`, which finds the same products each time (the original's differ)
 * @returns nothing where the original fails: `<a>`, `<c>` without a category, `<r>` in a shop with fewer than 50 products
 * @example
 * findProducts(shop, 'red shoes', 12)
 */
export function findProducts(shop: Shop, query: string, seed: number): readonly string[] | undefined {
  const { products } = shop
  const [first, ...rest] = query.split(' ', 2)
  switch (first) {
    case '<r>': {
      if (products.size < MOST_HITS) return undefined
      const places = pythonRandom(seed).samplePlaces(products.size, MOST_HITS)
      return places.map(place => products.at(place).asin)
    }
    case '<a>':
      return undefined
    case '<c>':
      return rest[0] === undefined ? undefined : products.select('category', strip(rest[0]))
    case '<q>':
      return products.select('query', strip(query.slice(4)))
    default:
      return shop.search
        .search(query, MOST_HITS)
        .map(({ asin }) => asin)
        .filter(asin => products.has(asin))
  }
}
