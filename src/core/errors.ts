/**
 * The one error class that users meet.
 * @module
 */

/** What an error carries besides its message. */
export interface MisstepErrorDetails {
  /** The offending value, shown as JSON (cut after 200 characters). */
  value?: unknown
  /** What the user can do about it, as one sentence. */
  advice?: string
  /** The error underneath. */
  cause?: unknown
}

/** An error's kind: decides the exit code, and lets a program tell errors apart. */
export type ErrorCode =
  | 'usage' // the command line or a recipe is wrong: exit code 2
  | 'data' // a file is missing, damaged or not what it should be
  | 'environment' // a benchmark's engine or its data failed
  | 'model' // a model or a checkpoint failed
  | 'mask' // the loss mask is wrong
  | 'train' // training failed
  | 'store' // reading or writing a run folder failed
  | 'budget' // what a model may cost is spent; raised, the same command goes on
  | 'interrupted' // the user stopped the work; it can be resumed

/**
 * An error that says what happened, shows the offending value and says what to do.
 *
 * @example
 * throw new MisstepError('data', 'The game file holds no PDDL problem', { value: path, advice: 'Point --from to the folder that the benchmark was unpacked into.' })
 */
export class MisstepError extends Error {
  readonly code: ErrorCode
  readonly value: unknown
  readonly advice: string | undefined

  constructor(code: ErrorCode, what: string, details: MisstepErrorDetails = {}) {
    const shown = details.value === undefined ? '' : `: ${shorten(details.value)}`
    super(`${what}${shown}${details.advice ? `\n  ${details.advice}` : ''}`, { cause: details.cause })
    this.name = 'MisstepError'
    this.code = code
    this.value = details.value
    this.advice = details.advice
  }
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
