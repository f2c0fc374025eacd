/**
 * One product of the made-up shop, in the shape of the original's three input files.
 * @module
 */
import { createRandom, type Random } from '../../../core/random.ts'
import { lengthen } from './long-text.ts'
import type { RawAttributes, RawItem, RawRequest } from './raw-product.ts'
import { type Feature, type Sketch, sketchProduct } from './sketch.ts'
import { bulletsOf, descriptionOf, personalInstruction, syntheticInstruction, titleOf } from './wording.ts'

export interface MadeEntry {
  item: RawItem
  attributes: RawAttributes
  /** What people ask for; empty where nobody asks for the product. */
  requests: RawRequest[]
  /** Which of the shop's families of similar products it belongs to. */
  family: number
}

export interface MadeShopOptions {
  /** How many products. Default: 1,000. */
  products?: number
  /** Names the shop: another seed, other products. Default: 0. */
  seed?: number | string
  /** How much there is to read: `short` for small models (five products a page of results), `long` like the original's pages. Default: `short`. */
  pages?: 'short' | 'long'
}

/** The share of products that somebody asks for; in the original's small set 415 in 1,000 have an instruction. */
const ASKED_FOR = 0.7
/** Different requests for a product that is asked for. */
const REQUESTS = 3

/**
 * The product number `index` of the shop: always the same one, whatever the number of products but for its identifier.
 *
 * @example
 * madeEntry(0).item.name // 'Norvik slim fit shirt with long sleeve'
 */
export function madeEntry(index: number, options: MadeShopOptions = {}): MadeEntry {
  const { products = 1000, seed = 0, pages = 'short' } = options
  const sketch = sketchProduct(seed, index)
  const random = createRandom('made shop', seed, 'requests', index)
  const asin = identifierOf(index, products)
  const attributes = sketch.features.map(({ value }) => value)
  const isAskedFor = random.chance(ASKED_FOR)
  const wanted = someOf(sketch.features, random)
  const item = itemOf(sketch, asin)
  return {
    item: pages === 'long' ? lengthen(item, createRandom('made shop', seed, 'long text', index)) : item,
    attributes: {
      attributes,
      ...(isAskedFor && {
        instruction: syntheticInstruction(sketch, wanted),
        instruction_attributes: wanted.map(({ value }) => value),
      }),
    },
    requests: isAskedFor ? Array.from({ length: REQUESTS }, () => requestFor(sketch, asin, random)) : [],
    family: sketch.family,
  }
}

function itemOf(sketch: Sketch, asin: string): RawItem {
  const { kind, choices, cents, index } = sketch
  const title = (text: string) => text.replace(/\b[a-z]/g, letter => letter.toUpperCase())
  return {
    asin,
    name: titleOf(sketch),
    full_description: descriptionOf(sketch),
    small_description: bulletsOf(sketch),
    pricing: cents.map(amount => `$${(amount / 100).toFixed(2)}`).join(' - '),
    images: [''],
    // Two levels only: kinds that share two would count as the same type of product.
    product_category: `${title(kind.category)} › ${title(kind.query)}`,
    customization_options:
      choices.length === 0
        ? ''
        : Object.fromEntries(choices.map(({ name, values }) => [name, values.map(value => ({ value, image: null }))])),
    category: kind.category,
    query: kind.query,
    average_rating: '',
    page: index,
  }
}

/** A request of a person: some of the features, and mostly each choice. */
function requestFor(sketch: Sketch, asin: string, random: Random): RawRequest {
  const wanted = someOf(sketch.features, random)
  const chosen = sketch.choices
    .filter(() => random.chance(0.8))
    .map(({ name, values }) => [name, random.pick(values)] as const)
  return {
    asin,
    instruction: personalInstruction(sketch, wanted, chosen, random),
    attributes: sketch.features.map(({ value }) => value),
    options: chosen.map(([name, value]) => `${name.toLowerCase()}: ${value}`),
    instruction_attributes: wanted.map(({ value }) => value),
    instruction_options: chosen.map(([, value]) => value),
  }
}

/** One of the features, or more often two. */
function someOf(features: readonly Feature[], random: Random): Feature[] {
  return random.shuffle(features).slice(0, random.pick([1, 2, 2]))
}

/**
 * `B417`: a letter and groups of three digits, no more than the shop needs, in an order that tells nothing.
 * Short ones are cheap to read and to write for a small model; the original's have ten characters.
 */
function identifierOf(index: number, products: number): string {
  const digits = Math.max(3, Math.ceil(Math.log10(products) / 3) * 3)
  // About the golden section of 10^digits, and coprime to it: each index has an identifier of its own.
  const step = Number('618033989'.slice(0, digits)) | 1
  const scrambled = (BigInt(index) * BigInt(step) + BigInt(step)) % 10n ** BigInt(digits)
  return `B${String(scrambled).padStart(digits, '0')}`
}
