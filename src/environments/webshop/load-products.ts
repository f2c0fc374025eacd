/**
 * Makes products of the raw items that the benchmark's data files hold, as the original's loader does.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { strip } from '../python-text.ts'
import type { Product } from './product.ts'
import { pythonFloat } from './python/repr.ts'

/** What `items_ins_v2*.json` holds of one product. */
export interface ProductAttributes {
  attributes?: readonly string[]
  instruction?: string | null
  instruction_attributes?: readonly string[] | null
}

type Fields = Record<string, unknown>

/**
 * Makes products of raw items, one after the other: `undefined` for those named `nan`, with names longer than ten
 * characters and repeated ones, which the original leaves out.
 *
 * @param attributesOf a product without any has the attribute `DUMMY_ATTR`
 * @returns a function that throws a {@link MisstepError} for an item that is no object, has no name or has a price that
 *   is none, with its number
 * @example
 * const load = productLoader(asin => attributes.get(asin))
 * const product = load(item)
 */
export function productLoader(
  attributesOf: (asin: string) => ProductAttributes | undefined,
): (item: unknown) => Product | undefined {
  const known = new Set<string>()
  let count = 0
  return item => {
    count++
    const fields = item as Fields | null
    const asin = typeof item === 'object' ? fields?.asin : undefined
    if (typeof asin !== 'string' || asin === '') {
      const advice = 'Every item is an object with a field "asin", its name.'
      throw new MisstepError('data', `Item ${count} of the catalogue has no name`, { value: item, advice })
    }
    if (asin === 'nan' || [...asin].length > 10 || known.has(asin)) return undefined
    known.add(asin)
    return toProduct(fields!, asin, attributesOf(asin))
  }
}

/**
 * The products of a list of items; see `productLoader`.
 *
 * @param attributes by asin
 * @example
 * loadProducts(items, attributes)
 */
export function loadProducts(items: Iterable<unknown>, attributes: ReadonlyMap<string, ProductAttributes>): Product[] {
  const load = productLoader(asin => attributes.get(asin))
  return Array.from(items, load).filter(product => product !== undefined)
}

function toProduct(fields: Fields, asin: string, attributes: ProductAttributes | undefined): Product {
  const text = (name: string) => {
    const value = fields[name] ?? ''
    if (typeof value === 'string') return value
    throw new MisstepError('data', `Field "${name}" of product ${asin} is not a text`, { value })
  }
  const bulletPoints = Array.isArray(fields.small_description)
    ? fields.small_description.map(String)
    : [text('small_description')]
  const images = Array.isArray(fields.images) ? fields.images : []
  const { instruction, instruction_attributes: wanted } = attributes ?? {}
  return {
    asin,
    category: text('category'),
    query: strip(text('query').toLowerCase()),
    productCategory: text('product_category'),
    title: text('name'),
    description: text('full_description'),
    bulletPoints,
    ...parsePrice(text('pricing'), asin),
    ...readOptions(fields.customization_options, asin),
    mainImage: typeof images[0] === 'string' ? images[0] : '',
    attributes: attributes?.attributes ?? ['DUMMY_ATTR'],
    ...(typeof instruction === 'string' && { instruction, instructionAttributes: wanted ?? [] }),
  }
}

/**
 * The prices in a text such as `$8.00 - $17.40`; no text is 100 dollars.
 *
 * @param asin names the product in the error
 * @throws {MisstepError} when a dollar sign is missing or what follows one is no number
 * @example
 * parsePrice('$1,299.00', 'B000000001') // { pricing: [1299], price: '$1299.0' }
 */
export function parsePrice(text: string, asin: string): { pricing: number[]; price: string } {
  if (text === '') return { pricing: [100], price: '$100.0' }
  const pricing = text
    .split('$')
    .slice(1, 3)
    .map(part => toNumber(part.replace(/[^\d.]/g, '')))
  if (pricing.length === 0 || pricing.some(Number.isNaN)) {
    throw new MisstepError('data', `The price of product ${asin} is none`, {
      value: text,
      advice: 'Prices are like "$8.00", "$8.00 - $17.40", or empty for $100.',
    })
  }
  return { pricing, price: pricing.map(price => `$${pythonFloat(price)}`).join(' to ') }
}

function toNumber(digits: string): number {
  return digits === '' ? Number.NaN : Number(digits)
}

function readOptions(customization: unknown, asin: string): Pick<Product, 'options' | 'optionImages'> {
  const options = new Map<string, string[]>()
  const optionImages = new Map<string, string | null>()
  for (const [name, contents] of Object.entries(customization || {})) {
    if (contents === null) continue
    if (!Array.isArray(contents)) {
      throw new MisstepError('data', `Option "${name}" of product ${asin} is not a list of values`, { value: contents })
    }
    const values: string[] = []
    for (const content of contents as ({ value?: unknown; image?: unknown } | null)[]) {
      if (typeof content?.value !== 'string') {
        throw new MisstepError('data', `Option "${name}" of product ${asin} has a value that is no text`, {
          value: content,
        })
      }
      const value = strip(content.value).replaceAll('/', ' | ').toLowerCase()
      values.push(value)
      optionImages.set(value, typeof content.image === 'string' ? content.image : null)
    }
    options.set(name.toLowerCase(), values)
  }
  return { options, optionImages }
}
