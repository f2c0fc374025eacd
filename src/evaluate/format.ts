/**
 * Numbers as people read them.
 * @module
 */

/** 0.4249 as `42.5%`; nothing to tell as a dash. */
export function percent(share: number | null, digits = 1): string {
  return share === null ? '–' : `${(share * 100).toFixed(digits)}%`
}

/** A difference of shares in points, with its sign: 0.121 as `+12.1`, with a true minus below zero. */
export function points(share: number): string {
  const text = Math.abs(share * 100).toFixed(1)
  return text === '0.0' ? text : `${share < 0 ? '−' : '+'}${text}`
}

/** A difference of plain numbers, with its sign: 0.121 as `+0.12`, with a true minus below zero. */
export function difference(value: number): string {
  const text = Math.abs(value).toFixed(2)
  return text === '0.00' ? text : `${value < 0 ? '−' : '+'}${text}`
}

/** A plain number with the given digits; nothing to tell as a dash. */
export function decimal(value: number | null, digits = 2): string {
  return value === null ? '–' : value.toFixed(digits)
}

/** 1234567 as `1,234,567`. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** 1 and `step` as `1 step`, 1234 as `1,234 steps`. */
export const counted = (value: number, word: string) => `${count(value)} ${plural(value, word)}`

/** The form of a regular noun that stands beside a number: `step` for 1, else `steps`. */
export const plural = (value: number, word: string) => (value === 1 ? word : `${word}s`)

/** 312.4 seconds as `5 min 12 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** A p-value: `p = 0.012`, `p < 0.001`. */
export function probability(value: number): string {
  return value < 0.001 ? 'p < 0.001' : `p = ${value.toFixed(3)}`
}
