/**
 * Opens WebShop with all that belongs to it: products, search and nouns.
 * @module
 */
import { holdsShop, openBuiltShop } from './build-shop.ts'
import type { Catalogue } from './catalogue.ts'
import { createWebshop, type Webshop, type WebshopOptions } from './environment.ts'
import type { Goal } from './goal.ts'
import { loadCatalogue } from './load-catalogue.ts'
import { madeCatalogue } from './made/catalogue.ts'
import type { MadeShopOptions } from './made/entry.ts'
import { madeNouns } from './made/nouns.ts'
import { madeSplits } from './made/splits.ts'
import { PROFILES, type Profile } from './profile.ts'
import type { NounTagger } from './reward/noun-tagger.ts'
import { openNouns } from './reward/open-nouns.ts'
import { buildMemoryIndex } from './search/build-index.ts'
import type { ProductSearch } from './search/product-search.ts'
import { searchText } from './search-text.ts'

export interface OpenWebshopOptions
  extends Pick<
    WebshopOptions,
    'goals' | 'mostGoals' | 'observation' | 'profile' | 'seed' | 'showAttributes' | 'assistance'
  > {
  /** The folder of the original's data, the path of its items, or the folder of a built shop. Default: a made-up shop. */
  catalogue?: string
  /** Of the made-up shop: how many products, and how long its pages are. */
  made?: MadeShopOptions
}

/**
 * WebShop over a catalogue of the original, or over a made-up one. The made-up shop's splits are `train` and `seen`, which
 * mean the same products, `dev` and `unseen`, which mean products that no other split means.
 *
 * @throws {MisstepError} when the catalogue is missing or damaged
 * @example
 * const environment = await openWebshop({ catalogue: '~/webshop/data', goals: 'human' })
 */
export async function openWebshop({ catalogue: path, made, ...options }: OpenWebshopOptions = {}): Promise<Webshop> {
  if (path === undefined) {
    const catalogue = madeCatalogue(made)
    const splits = (goals: readonly Goal[]) => madeSplits(catalogue, goals)
    const pageSize = made?.pages === 'long' ? {} : { pageSize: SHORT_PAGE }
    return open(catalogue, madeNouns, { ...options, ...pageSize, splits })
  }
  const nouns = nounsOf(options.profile)
  if (!(await holdsShop(path))) return open(await loadCatalogue(path), nouns, options)
  const { catalogue, search } = await openBuiltShop(path)
  return open(catalogue, nouns, options, search)
}

/** Products on a page of results where pages are short. */
const SHORT_PAGE = 5

type Rest = Omit<WebshopOptions, 'catalogue' | 'search' | 'nouns'>

function open(catalogue: Catalogue, nouns: NounTagger, options: Rest, search = lazySearch(catalogue)): Webshop {
  const close = () => {
    search.close()
    catalogue.products.close()
  }
  try {
    const webshop = createWebshop({ ...options, catalogue, search, nouns })
    return Object.assign(webshop, { close: async () => close() })
  } catch (error) {
    close()
    throw error
  }
}

/** An index in memory that is built for the first search: to list tasks, none is needed. */
function lazySearch({ products }: Catalogue): ProductSearch {
  let built: ProductSearch | undefined
  const build = () => {
    const documents = Array.from({ length: products.size }, (_, place) => {
      const product = products.at(place)
      return { id: product.asin, contents: searchText(product) }
    })
    return buildMemoryIndex(documents)
  }
  return {
    size: products.size,
    search(query, limit) {
      built ??= build()
      return built.search(query, limit)
    },
    close: () => built?.close(),
  }
}

/** Of the models only the small one is at hand; for a profile with another, its nouns are an approximation. */
function nounsOf(profile: Profile = 'upstream'): NounTagger {
  const tagger = openNouns()
  if (tagger.name.includes(PROFILES[profile].nouns)) return tagger
  const { knows: _, ...unsure } = tagger
  return { ...unsure, approximate: true }
}
