/**
 * The made-up shop as a catalogue in memory, and which of its products serve for what.
 * @module
 */
import { createRandom } from '../../../core/random.ts'
import type { Catalogue, HumanInstruction } from '../catalogue.ts'
import { loadProducts, type ProductAttributes } from '../load-products.ts'
import { memoryStore } from '../product-store.ts'
import { madeEntries } from './entries.ts'
import type { MadeShopOptions } from './entry.ts'
import type { RawItem } from './raw-product.ts'

/** Families of similar products are for training, for choosing settings, or for the last evaluation. */
export type ProductGroup = 'train' | 'dev' | 'unseen'

/** What a catalogue of the made-up shop tells besides: which group each product is in. */
export interface MadeCatalogue extends Catalogue {
  groupOf(asin: string): ProductGroup
}

/**
 * The made-up shop in memory. A family of similar products is in one group as a whole, so that nothing that is asked
 * for in an evaluation resembles what was asked for in the training.
 *
 * @example
 * const catalogue = madeCatalogue({ products: 1000 })
 */
export function madeCatalogue(options: MadeShopOptions = {}): MadeCatalogue {
  const { products = 1000, seed = 0, pages = 'short' } = options
  const items: RawItem[] = []
  const attributes = new Map<string, ProductAttributes>()
  const humanInstructions = new Map<string, readonly HumanInstruction[]>()
  const groups = new Map<string, ProductGroup>()
  for (const entry of madeEntries(options)) {
    const { asin } = entry.item
    items.push(entry.item)
    attributes.set(asin, entry.attributes)
    if (entry.requests.length > 0) humanInstructions.set(asin, entry.requests)
    groups.set(asin, groupOfFamily(seed, entry.family))
  }
  return {
    name: `made shop 2, ${products} products, seed ${seed}, ${pages} pages`,
    products: memoryStore(loadProducts(items, attributes)),
    humanInstructions,
    groupOf: asin => groups.get(asin) ?? 'train',
  }
}

/** Seven families of ten train, one is for development, two are never seen before the evaluation. */
function groupOfFamily(seed: number | string, family: number): ProductGroup {
  const share = createRandom('made shop', seed, 'group', family).next()
  return share < 0.7 ? 'train' : share < 0.8 ? 'dev' : 'unseen'
}
