/**
 * Values of options, checked where they are parsed.
 * @module
 */
import { InvalidArgumentError } from 'commander'

/** A whole number of at least `least`. */
export function wholeNumber(least = 0): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`)
  }
}

/** The examples at the end of a command's help. */
export function examples(...lines: string[]): string {
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map(line => `  ${line}`).join('\n')}`
}
