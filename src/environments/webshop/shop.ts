/**
 * What all sessions share: products, search, goals and prices, none of which ever changes.
 * @module
 */
import type { Goal } from './goal.ts'
import type { ProductStore } from './product-store.ts'
import type { NounTagger } from './reward/noun-tagger.ts'
import type { ProductSearch } from './search/product-search.ts'

export interface Shop {
  readonly products: ProductStore
  readonly search: ProductSearch
  readonly nouns: NounTagger
  readonly goals: readonly Goal[]
  /** What products with a range of prices cost, by asin. */
  readonly prices: ReadonlyMap<string, number>
  /** How many products a page of results lists. */
  readonly pageSize: number
  /** Whether product pages have the button `Attributes`. */
  readonly showAttributes: boolean
}
