/**
 * The key/value cache, in pages, and attention over it, on several threads.
 * @module
 */
import type { LlamaConfig } from '../../checkpoint/index.ts'
import { MisstepError } from '../../core/errors.ts'
import { attentionKernel, BLOCK, PAGE_POSITIONS } from './attention-kernel.ts'
import { createPageTables, type PageTables } from './page-tables.ts'
import { createSharedKernel, RESERVED, WASM_PAGE } from './shared-kernel.ts'

export interface PagedAttention extends PageTables {
  /** Conversations that can be held at once, where there are pages enough. */
  readonly slots: number
  /** Names the tokens that the next calls of `attend` are about. */
  setBatch(slots: readonly number[], positions: readonly number[]): void
  /**
   * Stores the batch's keys and values in one layer's cache, then attends to all of each token's conversation so far.
   *
   * @param queriesKeys `[tokens, heads + keyValueHeads, headSize]`, turned by their positions
   * @param values `[tokens, keyValueHeads, headSize]`
   * @returns `[tokens, heads, headSize]`
   */
  attend(layer: number, queriesKeys: Float32Array, values: Float32Array): Float32Array
  close(): Promise<void>
}

export interface PagedAttentionOptions {
  slots: number
  threads: number
  /** Most tokens in a batch. */
  batchTokens: number
  /** Most bytes of keys and values; one conversation of full length always has room. */
  cacheBytes: number
}

/** Indices of the kernel's integers. The counter has a cache line of its own. */
const [NEXT, COUNT, LAYER] = [0, 32, 33]
const ADDRESSABLE = 65535 * WASM_PAGE
/** Below so many pairs of token and position, waking a thread takes longer than the work. */
const WORTH_SHARING = 3000

/**
 * An empty cache. Its memory grows with what it holds: pages of 64 positions.
 *
 * @throws {MisstepError} `model` when the heads have an odd size, or not even one conversation fits into 4 GB
 */
export async function createPagedAttention(
  config: LlamaConfig,
  { slots, threads, batchTokens, cacheBytes }: PagedAttentionOptions,
): Promise<PagedAttention> {
  const { heads, keyValueHeads, headSize, layers, contextLength } = config
  if (headSize % 4 !== 0) {
    throw new MisstepError('model', 'The embedded engine runs models whose heads have a multiple of 4 as their size', {
      value: headSize,
    })
  }
  const pagesPerSlot = Math.ceil(contextLength / PAGE_POSITIONS)
  const headFloats = 2 * PAGE_POSITIONS * headSize
  const layerFloats = keyValueHeads * headFloats
  const pageBytes = layers * layerFloats * 4
  const scoreBytes = (Math.ceil(contextLength / BLOCK) + 2) * BLOCK * 4

  let end = RESERVED
  const place = (bytes: number) => {
    const address = end
    end += Math.ceil(bytes / 64) * 64
    return address
  }
  const tokens = place(batchTokens * 8)
  const queries = place(batchTokens * heads * headSize * 4)
  const output = place(batchTokens * heads * headSize * 4)
  const scratches = Array.from({ length: threads }, () => place(2 * scoreBytes))
  const tables = place(slots * pagesPerSlot * 4)
  const fitting = Math.floor((ADDRESSABLE - end) / pageBytes)
  if (fitting < pagesPerSlot) {
    throw new MisstepError('model', 'The key/value cache of one conversation does not fit into 4 GB', {
      value: { contextLength, layers, keyValueHeads, headSize },
      advice: 'Ask for a shorter contextLength, or serve this model with an inference server instead.',
    })
  }
  const wanted = Math.max(pagesPerSlot, Math.min(slots * pagesPerSlot, Math.floor(cacheBytes / pageBytes)))
  const lastEnd = end + Math.min(fitting, wanted) * pageBytes
  const limits = {
    initial: Math.ceil(end / WASM_PAGE),
    maximum: Math.ceil(lastEnd / WASM_PAGE),
    shared: threads > 1,
  }
  const addresses = { next: NEXT * 4, count: COUNT * 4, layer: LAYER * 4, tokens, queries, output }
  const bytes = attentionKernel({ heads, keyValueHeads, headSize, scoreBytes, addresses, memory: limits })
  const kernel = await createSharedKernel(bytes, 'attend', limits, scratches)
  const { memory } = kernel

  let integers = new Int32Array(memory.buffer)
  let floats = new Float32Array(memory.buffer)
  let batch: { slots: readonly number[]; positions: readonly number[] } = { slots: [], positions: [] }
  let work = 0

  const newPage = (): number | undefined => {
    if (end + pageBytes > lastEnd) return undefined
    const page = end
    end += pageBytes
    const missing = Math.ceil((end - integers.byteLength) / WASM_PAGE)
    if (missing > 0) {
      const room = limits.maximum - integers.byteLength / WASM_PAGE
      // A mebibyte at a time, because each growth makes new views.
      memory.grow(Math.min(room, Math.max(missing, 16)))
      integers = new Int32Array(memory.buffer)
      floats = new Float32Array(memory.buffer)
    }
    return page
  }
  const { reserve, share } = createPageTables({
    slots,
    newPage,
    copyPage: (from, to) => floats.copyWithin(to / 4, from / 4, (from + pageBytes) / 4),
    setEntry: (slot, index, page) => {
      integers[tables / 4 + slot * pagesPerSlot + index] = page
    },
  })

  const store = (layer: number, queriesKeys: Float32Array, values: Float32Array) => {
    const querySize = heads * headSize
    const rowSize = querySize + keyValueHeads * headSize
    batch.slots.forEach((slot, token) => {
      const row = token * rowSize
      floats.set(queriesKeys.subarray(row, row + querySize), queries / 4 + token * querySize)
      const position = batch.positions[token]!
      const page = integers[tables / 4 + slot * pagesPerSlot + Math.floor(position / PAGE_POSITIONS)]! >>> 2
      const within = position % PAGE_POSITIONS
      for (let head = 0; head < keyValueHeads; head++) {
        const keys = page + layer * layerFloats + head * headFloats
        const key = keys + (within - (within % BLOCK)) * headSize + (within % BLOCK)
        const value = keys + PAGE_POSITIONS * headSize + within * headSize
        const fromKey = row + querySize + head * headSize
        const fromValue = (token * keyValueHeads + head) * headSize
        for (let i = 0; i < headSize; i++) {
          floats[key + i * BLOCK] = queriesKeys[fromKey + i]!
          floats[value + i] = values[fromValue + i]!
        }
      }
    })
  }

  return {
    slots,
    reserve,
    share,
    setBatch(batchSlots, positions) {
      batch = { slots: batchSlots, positions }
      work = 0
      batchSlots.forEach((slot, token) => {
        integers[tokens / 4 + 2 * token] = tables + slot * pagesPerSlot * 4
        integers[tokens / 4 + 2 * token + 1] = positions[token]! + 1
        work += positions[token]! + 1
      })
    },
    attend(layer, queriesKeys, values) {
      store(layer, queriesKeys, values)
      integers[COUNT] = batch.slots.length
      integers[LAYER] = layer * layerFloats * 4
      Atomics.store(integers, NEXT, 0)
      kernel.run(work < WORTH_SHARING)
      return floats.slice(output / 4, output / 4 + batch.slots.length * heads * headSize)
    },
    close: kernel.close,
  }
}
