/**
 * Makes search indexes, in a file or in memory, and opens them.
 * @module
 */
import { createIndexBuilder, type SearchDocument } from './index/index-builder.ts'
import { createFileRuns, createMemoryRuns } from './index/run-store.ts'
import { memorySource, openFileSource } from './paged/byte-source.ts'
import { createNewFile } from './paged/new-file.ts'
import { openPaged, type PagedReaderOptions } from './paged/paged-reader.ts'
import { createPagedWriter } from './paged/paged-writer.ts'
import { createProductSearch, type ProductSearch } from './product-search.ts'

export interface BuildOptions {
  /** Postings (a word in a document) held in memory before they are written out, 12 bytes each. @default 4,000,000 */
  postingsInMemory?: number
  /** Told now and then how many documents were read. */
  onProgress?: (documents: number) => void
}

export interface BuiltIndex {
  documents: number
  /** Different words. */
  words: number
  /** Size of the file. */
  bytes: number
}

/**
 * Builds an index once for a catalogue of any size. The file appears under its name when it is whole; a build that
 * fails or is killed leaves an older file as it was.
 *
 * @throws {MisstepError} `store` when the disk is full or may not be written to; `data` for ids that are missing or
 *   come twice
 * @example
 * await buildIndexFile([{ id: 'B01', contents: 'red leather shoes' }], 'catalogue.search')
 */
export async function buildIndexFile(
  documents: Iterable<SearchDocument> | AsyncIterable<SearchDocument>,
  path: string,
  options: BuildOptions = {},
): Promise<BuiltIndex> {
  const { postingsInMemory = 4_000_000, onProgress } = options
  const runs = createFileRuns(path)
  try {
    const builder = createIndexBuilder(runs, postingsInMemory)
    let count = 0
    for await (const document of documents) {
      builder.add(document)
      if (++count % 10_000 === 0) onProgress?.(count)
    }
    const file = createNewFile(path)
    try {
      const writer = createPagedWriter('search', file.append)
      const header = builder.finish(writer)
      const bytes = writer.finish(header)
      file.finish()
      return { documents: header.documents, words: header.words, bytes }
    } finally {
      file.abandon()
    }
  } finally {
    runs.close()
  }
}

/**
 * Opens an index that `buildIndexFile` made. Takes milliseconds: its pages are read, and checked, when a search needs
 * them.
 *
 * @throws {MisstepError} `data` when the file is no index, or damaged; `store` when it cannot be read
 * @example
 * const shop = await openIndexFile('catalogue.search')
 * shop.search('red shoes')[0] // { asin: 'B01', score: 0.53 }
 */
export async function openIndexFile(path: string, options: PagedReaderOptions = {}): Promise<ProductSearch> {
  const reader = openPaged(openFileSource(path), 'search', options)
  try {
    return createProductSearch(reader)
  } catch (error) {
    reader.close()
    throw error
  }
}

/**
 * Builds an index in memory, for some thousand documents.
 *
 * @throws {MisstepError} `data` for ids that are missing or come twice
 * @example
 * buildMemoryIndex([{ id: 'B01', contents: 'red leather shoes' }]).search('shoe')
 */
export function buildMemoryIndex(documents: Iterable<SearchDocument>): ProductSearch {
  const builder = createIndexBuilder(createMemoryRuns(), Number.POSITIVE_INFINITY)
  for (const document of documents) builder.add(document)
  const parts: Uint8Array[] = []
  const writer = createPagedWriter('search', bytes => parts.push(bytes.slice()))
  writer.finish(builder.finish(writer))
  return createProductSearch(openPaged(memorySource(Buffer.concat(parts)), 'search'))
}
