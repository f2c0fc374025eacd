/**
 * What the doctor's checks answer with.
 * @module
 */

/** What one check has found. */
export interface Check {
  name: string
  ok: boolean
  /** Whether Misstep cannot do its main work without it. */
  needed: boolean
  /** What is here, or what is wrong. */
  found: string
  /** How to get what is missing. */
  advice?: string
}

/** What an error says, without its advice. */
export const firstLineOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!
