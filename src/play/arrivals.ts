/**
 * Takes many promises in the order in which they end, at the same price for each however many are waiting.
 * @module
 */

export interface Arrivals<T> {
  /** How many were added and not yet asked for. */
  readonly size: number
  add(promise: Promise<T>): void
  /** The next that ends; rejects where that one has failed. Those that nobody asks for may fail in silence. */
  next(): Promise<T>
}

/**
 * Unlike `Promise.race`, which listens to each of its promises again every time that it is called.
 *
 * @example
 * const arrivals = createArrivals<Response>()
 * for (const url of urls) arrivals.add(fetch(url))
 * while (arrivals.size > 0) console.log((await arrivals.next()).status)
 */
export function createArrivals<T>(): Arrivals<T> {
  const ended: Promise<T>[] = []
  const asked: ((promise: Promise<T>) => void)[] = []
  let size = 0
  return {
    get size() {
      return size
    },
    add(promise) {
      size++
      const arrive = () => {
        const answer = asked.shift()
        if (answer) answer(promise)
        else ended.push(promise)
      }
      promise.then(arrive, arrive)
    },
    next() {
      size--
      return ended.shift() ?? new Promise<T>(resolve => asked.push(resolve))
    },
  }
}
