/**
 * What the tests of WebShop share: a small shop of our own, and the original's data where it is.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Catalogue } from '../../src/environments/webshop/catalogue.ts'
import { makeGoals } from '../../src/environments/webshop/goals.ts'
import { loadCatalogue } from '../../src/environments/webshop/load-catalogue.ts'
import { loadProducts } from '../../src/environments/webshop/load-products.ts'
import { memoryStore } from '../../src/environments/webshop/product-store.ts'
import { createSmallSetTagger } from '../../src/environments/webshop/reward/small-set-tagger.ts'
import { wordListTagger } from '../../src/environments/webshop/reward/word-list-tagger.ts'
import { buildMemoryIndex } from '../../src/environments/webshop/search/build-index.ts'
import { searchText } from '../../src/environments/webshop/search-text.ts'
import type { Shop } from '../../src/environments/webshop/shop.ts'

/** The folder of the original's data. */
export const webshopData = join(process.env.MISSTEP_TEST_DATA ?? '../shared/data', 'webshop')

/** For `skipIf`: tests of the original's data say so in their names. */
export const noWebshopData = !existsSync(webshopData)

/** The text of one of its files, unpacked. */
export function readWebshopText(name: string): string {
  const bytes = readFileSync(join(webshopData, name))
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

/** One of its JSON files. */
export function readWebshopJson<T>(name: string): T {
  return JSON.parse(readWebshopText(name)) as T
}

/** The records of one of its JSONL files. */
export function readWebshopLines<T>(name: string): T[] {
  return readWebshopText(name)
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as T)
}

/** The first pair that is not the same JSON: quicker over thousands than to compare by `toEqual`. */
export function firstDifference(actual: readonly unknown[], expected: readonly unknown[]) {
  const index = expected.findIndex((value, place) => JSON.stringify(value) !== JSON.stringify(actual[place]))
  return index < 0 ? undefined : { index, actual: actual[index], expected: expected[index] }
}

const values = (...names: string[]) => names.map(value => ({ value }))

/** What would run as script within a template literal. */
export const INJECTION = ['`$', '{alert(1)}`'].join('')

/** Twelve products that try to be awkward, found by any word of their titles. */
const ITEMS = [
  {
    asin: 'B000000001',
    name: `Red <b>Shoe</b> "Run" & 'Walk' ${INJECTION}`,
    full_description: '</p><script>alert(1)</script>',
    small_description: ['Soft sole ', ' \n ', '  '],
    pricing: '$8.00 - $17.40',
    images: ['https://example.com/red.jpg?a=1&b="2"'],
    product_category: 'Shoes › Running › Soft',
    customization_options: {
      Size: values('8', '9/10', '10" wide', "men's", 'café', 'features', '< prev', 'next >', '[m]', 'a]b', 'search'),
      color: values('red', INJECTION, '</script><img src=x onerror=alert(3)>', '8'),
      '': values('', ' '),
    },
    category: 'fashion',
    query: 'Running Shoes',
  },
  ...Array.from({ length: 11 }, (_, index) => ({
    asin: `B1${String(index).padStart(8, '0')}`,
    name: `Plain shoe ${index}`,
    full_description: index % 2 ? 'A shoe.' : '',
    small_description: '',
    pricing: `$${20 + index}.50`,
    images: ['shoe.jpg'],
    product_category: 'Shoes › Walking',
    customization_options: index === 0 ? { color: values('red', 'blue') } : '',
    category: index < 5 ? 'fashion' : 'garden',
    query: 'shoes',
  })),
]

/** A small shop for tests: goals 0 and 1 ask for the plain red or blue shoe, the others for the awkward one. */
export function smallShop(showAttributes = false): { shop: Shop; catalogue: Catalogue } {
  const wish = { instruction: 'Find me a plain shoe', instruction_attributes: ['plain'] }
  const awkward = { instruction: 'Find me a "soft" <i>shoe</i> & socks', instruction_attributes: ['soft sole'] }
  const attributes = new Map([
    ['B100000000', { attributes: ['plain'], ...wish }],
    ['B000000001', { attributes: ['soft <i>sole</i>'], ...awkward }],
  ])
  const products = loadProducts(ITEMS, attributes)
  const catalogue = { name: 'small', products: memoryStore(products), humanInstructions: new Map() }
  const { list, prices } = makeGoals(catalogue, { kind: 'synthetic', profile: 'upstream', seed: 0 })
  const goals = [...list].sort((a, b) => Number(a.asin < b.asin) - Number(a.asin > b.asin))
  const shop: Shop = {
    products: catalogue.products,
    search: buildMemoryIndex(products.map(product => ({ id: product.asin, contents: searchText(product) }))),
    nouns: { name: 'first word', approximate: false, nouns: title => title.toLowerCase().split(' ', 1) },
    goals,
    prices,
    pageSize: 10,
    showAttributes,
  }
  return { shop, catalogue }
}

/** The original's small set as a shop with its 6,910 synthetic goals. */
export async function smallSet(): Promise<{ shop: Shop; catalogue: Catalogue }> {
  const catalogue = await loadCatalogue(webshopData)
  const { products } = catalogue
  const { list, prices } = makeGoals(catalogue, { kind: 'synthetic', profile: 'upstream', seed: 0 })
  const documents = Array.from({ length: products.size }, (_, place) => {
    const product = products.at(place)
    return { id: product.asin, contents: searchText(product) }
  })
  const search = buildMemoryIndex(documents)
  const nouns = createSmallSetTagger(wordListTagger)
  return { shop: { products, search, nouns, goals: list, prices, pageSize: 10, showAttributes: false }, catalogue }
}
