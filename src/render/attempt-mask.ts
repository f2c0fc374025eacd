/**
 * Work that a mask may be undecidable in.
 * @module
 */
import { MisstepError } from '../core/errors.ts'

/**
 * What the work makes, or the error of code `mask` that it ends with; any other error is thrown.
 *
 * @example
 * const turns = attemptMask(() => format.turns(messages))
 * if (turns instanceof MisstepError) console.log(turns.message) // the template rewrites history
 */
export function attemptMask<T>(work: () => T): T | MisstepError {
  try {
    return work()
  } catch (error) {
    if (error instanceof MisstepError && error.code === 'mask') return error
    throw error
  }
}
