/**
 * Turns Ctrl-C into a signal that the work can listen to.
 * @module
 */

/**
 * Does the work with a signal that Ctrl-C, or a polite kill, aborts; a second Ctrl-C ends the process at once.
 *
 * @example
 * await withInterruption(signal => runRecipe(path, { signal }))
 */
export async function withInterruption<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let asked = 0
  const stop = () => {
    if (!controller.signal.aborted) {
      asked = Date.now()
      process.stderr.write('\nStopping: what is done is being saved. Ctrl-C again stops at once.\n')
      controller.abort()
    } else if (Date.now() - asked > 1000) {
      // npm passes on the Ctrl-C that the terminal has sent to us already, so an echo of it must not count.
      process.exit(130)
    }
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    return await work(controller.signal)
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
