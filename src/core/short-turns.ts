/**
 * Keeps the turns of the event loop short while thousands of things happen at once.
 * @module
 */

/** Milliseconds of work before timers and the network are looked after again. */
const LONGEST_TURN = 10

/** When the turn that goes on now should end; 0 until somebody asks in it. */
let end = 0
const waiting: (() => void)[] = []

/**
 * Waits for the next turn of the event loop where this one has lasted for long; nobody overtakes those who wait.
 * Thousands of answers that arrive together are so dealt with in many short turns in place of a long one.
 *
 * @example
 * for (const task of tasks) {
 *   start(task)
 *   await takeTurn()
 * }
 */
export function takeTurn(): Promise<void> | undefined {
  if (end === 0) {
    end = performance.now() + LONGEST_TURN
    setImmediate(begin)
  }
  if (waiting.length === 0 && performance.now() < end) return undefined
  return new Promise(resolve => waiting.push(resolve))
}

async function begin(): Promise<void> {
  end = 0
  if (waiting.length === 0) return
  end = performance.now() + LONGEST_TURN
  setImmediate(begin)
  // What is let go on works in the microtasks between two looks at the clock.
  for (; performance.now() < end; await undefined) {
    const next = waiting.shift()
    if (!next) return
    next()
  }
}
