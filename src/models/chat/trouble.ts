/**
 * What may go wrong between a request and its answer.
 * @module
 */

/** Why a request has no answer. */
export interface Trouble {
  /** What happened, as a sentence without its full stop. */
  what: string
  /** What the server wrote, or the error's own words. */
  value?: string
  /** What the user can do about it. */
  advice: string
  /** `yes`: sending it again may help. `proven`: only if the endpoint has answered before, else the address is wrong. */
  again: 'yes' | 'no' | 'proven'
  /** The server asks everybody to be slower. */
  slowDown?: true
  /** Milliseconds that the server asks to wait. */
  wait?: number
  /** As it is when nobody is there: where no other request has fared better meanwhile, all wait for one to try. */
  away?: true
}

export const isTrouble = (value: object): value is Trouble => 'again' in value

/**
 * Milliseconds that a `Retry-After` header asks for, which is a number of seconds or a date (RFC 9110, 10.2.3).
 *
 * @example
 * readRetryAfter('120') // 120000
 */
export function readRetryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const date = /^[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

const LONGEST_BACK_OFF = 60_000

/**
 * Milliseconds until a request is sent again: doubling from `first`, at most a minute, and spread by a quarter either
 * way so that requests that failed together do not come back together.
 */
export function backOff(attempt: number, first: number, random = Math.random()): number {
  return waitAfter(attempt, first) * (0.75 + 0.5 * random)
}

/** Milliseconds that all waits of a request take together, without their spread. */
export function patience(retries: number, first: number): number {
  return Array.from({ length: retries }, (_, attempt) => waitAfter(attempt, first)).reduce((sum, wait) => sum + wait, 0)
}

const waitAfter = (attempt: number, first: number) => Math.min(LONGEST_BACK_OFF, first * 2 ** attempt)
