/**
 * Turns a failed file operation into an error that a user can act on.
 * @module
 */
import { MisstepError } from '../core/errors.ts'

const ADVICE: Record<string, string> = {
  ENOSPC: 'The disk is full. Free some space and run the same command again: everything written so far is kept.',
  EDQUOT: 'Your disk quota is used up. Free some space and run the same command again: everything so far is kept.',
  EFBIG: 'The file would pass the size limit of this system (see ulimit -f). Everything written so far is kept.',
  EACCES: 'You may not write or read there. Change the permissions, or choose another folder.',
  EPERM: 'The system does not permit it. Change the permissions, or choose another folder.',
  EROFS: 'The file system is read-only. Choose a folder that can be written to.',
  ENOENT: 'There is no such file or folder. Check the path.',
  ENOTDIR: 'A part of the path is a file where a folder is needed. Check the path.',
  EISDIR: 'It is a folder where a file is needed. Check the path.',
  EMFILE: 'Too many files are open (see ulimit -n).',
}

/**
 * A `MisstepError('store')` for a failed file operation; an error that is a `MisstepError` already passes unchanged.
 *
 * @param what the operation in words, such as `Cannot write`
 * @example
 * try { writeFileSync(path, text) } catch (error) { throw storeError('Cannot write', path, error) }
 */
export function storeError(what: string, path: string, error: unknown): MisstepError {
  if (error instanceof MisstepError) return error
  const code = errnoOf(error)
  const known = code === undefined ? undefined : ADVICE[code]
  const advice = known ?? (error instanceof Error ? error.message : String(error))
  return new MisstepError('store', `${what}${code ? ` (${code})` : ''}`, { value: path, advice, cause: error })
}

/** The system's name of a failure, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : undefined
}
