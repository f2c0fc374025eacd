/**
 * What an error means for whoever typed the command: a message, and an exit code.
 * @module
 */
import { CommanderError } from 'commander'
import colors from 'picocolors'
import { MisstepError } from '../core/errors.ts'
import { safeText } from './safe-text.ts'

/** 0: done, 1: failed, 2: wrong use, a file that is not there among it, 130: interrupted, as shells have it for Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130

/** Prints an error to standard error, and returns the exit code that it stands for. */
export function endWith(error: unknown): ExitCode {
  // Commander has printed its message already; help and version come as errors too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof FoundFault) return 1
  if (isInterruption(error)) {
    const text = error instanceof MisstepError ? error.message : 'Stopped.'
    process.stderr.write(`\n${safeText(text)}\n`)
    return 130
  }
  const known = error instanceof MisstepError
  // What is not a MisstepError is a mistake of ours: then the way to it matters more than the words.
  const text = known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${colors.red(known ? 'error:' : 'unexpected error:')} ${safeText(text)}\n`)
  return known && error.code === 'usage' ? 2 : 1
}

/** Thrown by a command that has already printed what it found, such as a lint: exit code 1 and not a word more. */
export class FoundFault extends Error {}

function isInterruption(error: unknown): boolean {
  if (error instanceof MisstepError) return error.code === 'interrupted'
  return error instanceof Error && error.name === 'AbortError'
}
