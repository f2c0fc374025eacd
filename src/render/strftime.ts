/**
 * Dates as Python writes them, for templates that tell the model what day it is.
 * @module
 */

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

/**
 * Formats a date by the directives of Python's `strftime` that chat templates use; others are left as they are.
 *
 * @example
 * strftime(new Date('2025-01-01T00:00:00Z'), '%d %b %Y') // '01 Jan 2025'
 */
export function strftime(date: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const [month, weekday] = [MONTHS[date.getUTCMonth()]!, DAYS[date.getUTCDay()]!]
  const day = date.getUTCDate()
  const parts: Record<string, string> = {
    '%Y': String(date.getUTCFullYear()),
    '%y': two(date.getUTCFullYear() % 100),
    '%m': two(date.getUTCMonth() + 1),
    '%B': month,
    '%b': month.slice(0, 3),
    '%d': two(day),
    '%-d': String(day),
    '%e': String(day).padStart(2),
    '%A': weekday,
    '%a': weekday.slice(0, 3),
    '%H': two(date.getUTCHours()),
    '%M': two(date.getUTCMinutes()),
    '%S': two(date.getUTCSeconds()),
    '%%': '%',
  }
  return format.replace(/%-?[A-Za-z%]/g, directive => parts[directive] ?? directive)
}
