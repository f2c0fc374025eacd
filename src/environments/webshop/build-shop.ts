/**
 * Builds a shop of a large catalogue once, and opens it in no time.
 * @module
 */
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MisstepError } from '../../core/errors.ts'
import type { Catalogue } from './catalogue.ts'
import {
  type CatalogueFiles,
  digestOf,
  findCatalogueFiles,
  readAttributes,
  readHumanInstructions,
} from './catalogue-files.ts'
import { readJsonItems } from './json-items.ts'
import { type ProductAttributes, productLoader } from './load-products.ts'
import type { Product } from './product.ts'
import { openProductFile, writeProductFile } from './product-file.ts'
import { inCatalogueOrder, openRequestFile, writeRequestFile } from './request-file.ts'
import { buildIndexFile, openIndexFile } from './search/build-index.ts'
import type { ProductSearch } from './search/product-search.ts'
import { searchText } from './search-text.ts'

const PRODUCTS = 'products.records'
const REQUESTS = 'requests.records'
const SEARCH = 'products.search'

export interface BuildShopOptions {
  /** Told now and then how many products of how many are done. */
  onProgress?: (stage: 'products' | 'search', done: number, total: number) => void
}

/**
 * Builds a shop from the original's data files: products, requests of people and search
 * index, each in a file of its own. A build that is
 * killed leaves nothing that could be taken for a whole shop, and is simply started again.
 *
 * @param from a folder, or the path of the items; see `findCatalogueFiles`
 * @param to the folder of the shop; made where it is not there
 * @throws {MisstepError} when a file is missing or damaged, or the disk is full
 * @example
 * await buildShop('~/webshop/data', '~/.cache/misstep/webshop')
 */
export async function buildShop(
  from: string,
  to: string,
  options: BuildShopOptions = {},
): Promise<{ products: number }> {
  const { onProgress } = options
  const files = await findCatalogueFiles(from)
  const digest = await digestOf(files)
  // Never an old index beside new products, whenever the build ends.
  await rm(join(to, SEARCH), { force: true })
  const { records } = await writeProducts(files, join(to, PRODUCTS), digest, onProgress)
  const { products } = await openProductFile(join(to, PRODUCTS))
  try {
    if (records === 0) throw new MisstepError('data', 'The catalogue holds no product', { value: files.items })
    await writeRequestFile(inCatalogueOrder(await readHumanInstructions(files), products), join(to, REQUESTS))
    await buildIndexFile(documents(products), join(to, SEARCH), {
      ...(onProgress && { onProgress: done => onProgress('search', done, products.size) }),
    })
  } finally {
    products.close()
  }
  return { products: records }
}

async function writeProducts(
  files: CatalogueFiles,
  to: string,
  digest: string,
  onProgress: BuildShopOptions['onProgress'],
): Promise<{ records: number }> {
  // Kept as texts: objects of a million products would take many times the memory.
  const attributes = new Map<string, string>()
  for await (const [asin, value] of readAttributes(files)) attributes.set(asin, JSON.stringify(value))
  return writeProductFile(readProducts(files, attributes), to, {
    name: count => `${count} products ${digest}`,
    ...(onProgress && { onProgress: done => onProgress('products', done, attributes.size) }),
  })
}

async function* readProducts(files: CatalogueFiles, attributes: ReadonlyMap<string, string>): AsyncGenerator<Product> {
  const load = productLoader(asin => {
    const text = attributes.get(asin)
    return text === undefined ? undefined : (JSON.parse(text) as ProductAttributes)
  })
  for await (const [, item] of readJsonItems(files.items)) {
    const product = load(item)
    if (product) yield product
  }
}

function* documents({ size, at }: Catalogue['products']) {
  for (let place = 0; place < size; place++) {
    const product = at(place)
    yield { id: product.asin, contents: searchText(product) }
  }
}

/** Whether a folder holds a shop that `buildShop` made, whole or not. */
export async function holdsShop(folder: string): Promise<boolean> {
  return stat(join(folder, PRODUCTS)).then(
    found => found.isFile(),
    () => false,
  )
}

/**
 * Opens a shop that `buildShop` made: within a second, whatever its size.
 *
 * @throws {MisstepError} when a file is missing or damaged
 * @example
 * const { catalogue, search } = await openBuiltShop('~/.cache/misstep/webshop')
 */
export async function openBuiltShop(folder: string): Promise<{ catalogue: Catalogue; search: ProductSearch }> {
  const opened: { close(): void }[] = []
  try {
    const { name, products } = await openProductFile(join(folder, PRODUCTS))
    opened.push(products)
    const search = await openIndexFile(join(folder, SEARCH))
    opened.push(search)
    if (search.size !== products.size) {
      throw new MisstepError('data', 'The search index is of another catalogue than the products', {
        value: folder,
        advice: 'Build the shop again.',
      })
    }
    const { requests, close } = await openRequestFile(join(folder, REQUESTS))
    opened.push({ close })
    const closeBoth = () => {
      close()
      products.close()
    }
    return { catalogue: { name, products: { ...products, close: closeBoth }, humanInstructions: requests }, search }
  } catch (error) {
    for (const each of opened) each.close()
    throw error
  }
}
