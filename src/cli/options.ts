/**
 * Values of options, checked where they are parsed.
 * @module
 */
import { existsSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'
import { MisstepError } from '../core/errors.ts'

/** A whole number of at least `least`. */
export function wholeNumber(least = 0): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`)
  }
}

/**
 * The path of a file or folder that a command reads: wrong use where there is none, whichever command it is.
 *
 * @param advice how to come by it; default: to check the path
 * @throws {MisstepError} from what it returns, `usage`
 */
export function inputPath(advice = 'Check the path.'): (path: string) => string {
  return path => {
    if (existsSync(path)) return path
    throw new MisstepError('usage', 'There is no such file or folder', { value: path, advice })
  }
}

/** The same for several of them. */
export function inputPaths(path: string, before: readonly string[] = []): string[] {
  return [...before, inputPath()(path)]
}

/** The examples at the end of a command's help. */
export function examples(...lines: string[]): string {
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map(line => `  ${line}`).join('\n')}`
}
