/**
 * A priority queue of token pairs for the tokenizer trainer.
 * @module
 */

/** Two neighbouring tokens, as one number: `left * 2 ** 24 + right`. */
export type Pair = number

export const toPair = (left: number, right: number): Pair => left * 2 ** 24 + right
export const leftOf = (pair: Pair): number => Math.floor(pair / 2 ** 24)
export const rightOf = (pair: Pair): number => pair % 2 ** 24

export interface PairQueue {
  push(pair: Pair, count: number): void
  /** Takes the pair with the highest count; of equals, the smallest pair. */
  pop(): { pair: Pair; count: number } | undefined
}

/** A binary heap. A pair may be in it more than once, with different counts. */
export function createPairQueue(): PairQueue {
  const heap: { pair: Pair; count: number }[] = []
  const before = (i: number, j: number) => {
    const [a, b] = [heap[i]!, heap[j]!]
    return a.count > b.count || (a.count === b.count && a.pair < b.pair)
  }
  const swap = (i: number, j: number) => {
    ;[heap[i], heap[j]] = [heap[j]!, heap[i]!]
  }
  return {
    push(pair, count) {
      let at = heap.push({ pair, count }) - 1
      for (let parent = (at - 1) >> 1; at > 0 && before(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent)
        at = parent
      }
    },
    pop() {
      if (heap.length === 0) return undefined
      swap(0, heap.length - 1)
      const top = heap.pop()!
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2]
        let first = at
        if (left < heap.length && before(left, first)) first = left
        if (right < heap.length && before(right, first)) first = right
        if (first === at) return top
        swap(at, first)
        at = first
      }
    },
  }
}
