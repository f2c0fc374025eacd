/**
 * Attention of single tokens over a paged key/value cache, as a WebAssembly kernel made for one model's shape.
 * Every token is computed by itself and always in the same order of operations, so what else is in the batch, how a
 * conversation was cut into batches and how many threads there are does not change a bit of the result.
 * @module
 */
import {
  add,
  type Code,
  constant,
  createLocals,
  doWhile,
  floats4,
  forever,
  get,
  increase,
  type Local,
  less,
  load,
  multiply,
  returnUnlessLess,
  set,
  smaller,
  takeNext,
  wasmModule,
} from './wasm-code.ts'

/** Positions in a page of the cache; a multiple of BLOCK. */
export const PAGE_POSITIONS = 64
/** Keys lie transposed in blocks of as many positions, `[block][headSize][16]`; values as `[position][headSize]`. */
export const BLOCK = 16

export interface KernelShape {
  heads: number
  keyValueHeads: number
  /** A multiple of 4. */
  headSize: number
  /**
   * Bytes of one head's scores in the scratch memory: room for the context and two blocks. Two heads are computed
   * side by side.
   */
  scoreBytes: number
  /**
   * Where things lie. `next`, `count` and `layer` are integers: the counter of tokens taken, their number, and the
   * layer's offset in a page. A token is two integers: the address of its conversation's list of page addresses, and
   * how many positions it sees. Queries and outputs are `[token][head][headSize]`.
   */
  addresses: { next: number; count: number; layer: number; tokens: number; queries: number; output: number }
  /** First and largest size in units of 64 KiB. */
  memory: { initial: number; maximum: number; shared: boolean }
}

/** The bytes of a module that exports `attend(scratch)`: computes tokens until none is left. Threads may share the work. */
export function attentionKernel(shape: KernelShape): Uint8Array {
  const { heads, keyValueHeads, headSize, scoreBytes, addresses } = shape
  const rowBytes = headSize * 4
  const groupSize = heads / keyValueHeads
  const valuesOffset = PAGE_POSITIONS * rowBytes
  const headBytes = 2 * valuesOffset
  const scratch = 0
  const locals = createLocals(1)
  const [token, table, length, query, output, cache, headsLeft] = seven(locals.integer)
  const [cursor, base, position, pageEnd, score, scoresEnd, from] = seven(locals.integer)
  const vectors = (count: number) => Array.from({ length: count }, locals.vector)
  const [x, y, n, largest] = seven(locals.vector)
  const [sums, weights, totals] = [vectors(8), vectors(2), vectors(2)]
  // Scores are to the base of two, which is what weights are computed with.
  const scale = floats4.constant(Math.LOG2E / Math.sqrt(headSize))
  const { add: plus, multiply: times } = floats4
  const each = (count: number, code: (index: number) => Code): Code =>
    Array.from({ length: count }, (_, i) => code(i)).flat()
  const accumulate = (sum: Local, product: Code) => set(sum, plus(get(sum), product))

  /** Walks the pages of the conversation; the body takes the page at `base` until `position` reaches `pageEnd`. */
  const eachPage = (...body: Code[]): Code => [
    ...set(cursor, get(table)),
    ...set(position, constant(0)),
    ...doWhile(
      less(get(position), get(length)),
      set(base, add(load(get(cursor)), get(cache))),
      increase(cursor, 4),
      set(pageEnd, smaller(add(get(position), constant(PAGE_POSITIONS)), get(length))),
      ...body,
    ),
  ]

  // Inner loops are not unrolled: V8 would move their loads to the front and run out of registers (measured: half the speed).

  /** Scaled products of queries and keys, a block of positions at a time, for heads of the group from `first`. */
  const computeScores = (first: number, count: number): Code => [
    ...set(score, get(scratch)),
    ...eachPage(
      doWhile(
        less(get(position), get(pageEnd)),
        each(4 * count, i => set(sums[i]!, floats4.constant(0))),
        set(from, get(query)),
        doWhile(
          less(get(from), add(get(query), constant(rowBytes))),
          each(count, head => set(weights[head]!, floats4.loadOne(get(from), (first + head) * rowBytes))),
          each(4, part => [
            ...set(x, floats4.load(get(base), part * 16)),
            ...each(count, head => accumulate(sums[4 * head + part]!, times(get(weights[head]!), get(x)))),
          ]),
          increase(from, 4),
          increase(base, BLOCK * 4),
        ),
        each(count, head =>
          each(4, part =>
            floats4.store(get(score), times(get(sums[4 * head + part]!), scale), head * scoreBytes + part * 16),
          ),
        ),
        increase(score, BLOCK * 4),
        increase(position, BLOCK),
      ),
    ),
    ...set(scoresEnd, get(score)),
    // The last block reaches beyond what the token sees.
    ...set(score, add(get(scratch), multiply(get(length), constant(4)))),
    ...each(count, head =>
      each(4, part => floats4.store(get(score), floats4.constant(-1e30), head * scoreBytes + part * 16)),
    ),
  ]

  /** Unrolled, with sums of their own, because each operation waits for the one before it. */
  const eachBlockOfScores = (body: (part: number) => Code): Code => [
    ...set(score, get(scratch)),
    ...doWhile(less(get(score), get(scoresEnd)), each(4, body), increase(score, BLOCK * 4)),
  ]

  /** Scores to weights that are not yet divided by their sum. */
  const computeWeights = (head: number): Code => [
    ...each(4, part => set(sums[part]!, floats4.constant(-1e30))),
    ...eachBlockOfScores(part =>
      set(sums[part]!, floats4.larger(get(sums[part]!), floats4.load(get(score), head * scoreBytes + part * 16))),
    ),
    ...each(3, part => set(sums[0]!, floats4.larger(get(sums[0]!), get(sums[part + 1]!)))),
    ...set(largest, floats4.largest(sums[0]!)),
    ...each(4, part => set(sums[part]!, floats4.constant(0))),
    ...eachBlockOfScores(part => [
      ...set(x, floats4.subtract(floats4.load(get(score), head * scoreBytes + part * 16), get(largest))),
      ...powerOfTwo(x, n, y),
      ...floats4.store(get(score), get(y), head * scoreBytes + part * 16),
      ...accumulate(sums[part]!, get(y)),
    ]),
    ...each(3, part => accumulate(sums[0]!, get(sums[part + 1]!))),
    ...set(totals[head]!, floats4.sum(sums[0]!)),
  ]

  /** The weighted mean of the values, up to 16 numbers of each head at a time. */
  const computeOutputs = (first: number, count: number, column: number): Code => {
    const width = Math.min(4, (headSize - column) / 4)
    return [
      ...each(count * width, i => set(sums[i]!, floats4.constant(0))),
      ...set(score, get(scratch)),
      ...eachPage(
        doWhile(
          less(get(position), get(pageEnd)),
          each(count, head => set(weights[head]!, floats4.loadOne(get(score), head * scoreBytes))),
          each(width, i => [
            ...set(x, floats4.load(get(base), valuesOffset + column * 4 + i * 16)),
            ...each(count, head => accumulate(sums[head * width + i]!, times(get(weights[head]!), get(x)))),
          ]),
          increase(base, rowBytes),
          increase(score, 4),
          increase(position, 1),
        ),
      ),
      ...each(count, head =>
        each(width, i =>
          floats4.store(
            get(output),
            floats4.divide(get(sums[head * width + i]!), get(totals[head]!)),
            (first + head) * rowBytes + column * 4 + i * 16,
          ),
        ),
      ),
    ]
  }

  const computeHeads = (first: number, count: number): Code => [
    ...computeScores(first, count),
    ...each(count, computeWeights),
    ...each(Math.ceil(headSize / 16), i => computeOutputs(first, count, i * 16)),
  ]
  const entry = (field: number) => add(constant(addresses.tokens + field * 4), multiply(get(token), constant(8)))
  const code = forever(
    set(token, takeNext(constant(addresses.next))),
    returnUnlessLess(get(token), load(constant(addresses.count))),
    set(table, load(entry(0))),
    set(length, load(entry(1))),
    set(query, add(constant(addresses.queries), multiply(get(token), constant(heads * rowBytes)))),
    set(output, add(constant(addresses.output), multiply(get(token), constant(heads * rowBytes)))),
    set(cache, load(constant(addresses.layer))),
    set(headsLeft, constant(keyValueHeads)),
    doWhile(
      get(headsLeft),
      each(Math.ceil(groupSize / 2), pair => computeHeads(2 * pair, Math.min(2, groupSize - 2 * pair))),
      increase(query, groupSize * rowBytes),
      increase(output, groupSize * rowBytes),
      increase(cache, headBytes),
      increase(headsLeft, -1),
    ),
  )
  return wasmModule('attend', locals, code, shape.memory)
}

/** `y` = 2 to the `x`, for x <= 0: the whole part becomes the exponent, the rest goes through Moshier's polynomial (Cephes `exp2f`). */
function powerOfTwo(x: Local, n: Local, y: Local): Code {
  const terms = [1.535336188e-4, 1.33988744e-3, 9.618437357e-3, 5.550332471e-2, 0.2402264791, 0.6931472029, 1]
  return [
    ...set(x, floats4.larger(get(x), floats4.constant(-126))),
    ...set(n, floats4.nearest(get(x))),
    ...set(x, floats4.subtract(get(x), get(n))),
    ...set(y, floats4.constant(terms[0]!)),
    ...terms.slice(1).flatMap(term => set(y, floats4.add(floats4.multiply(get(y), get(x)), floats4.constant(term)))),
    ...set(y, floats4.multiply(get(y), floats4.powerOfTwo(get(n)))),
  ]
}

function seven(create: () => Local): [Local, Local, Local, Local, Local, Local, Local] {
  return [create(), create(), create(), create(), create(), create(), create()]
}
