/**
 * Reads nested lists in parentheses, as PDDL is written.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'

export type Expression = string | Expression[]

/** Far more than any problem of the benchmark nests; keeps a hostile file from exhausting the stack. */
const DEEPEST = 64

/**
 * The expressions of a text. A `;` starts a comment that ends with its line.
 *
 * @throws {MisstepError} when parentheses do not match or nest deeper than 64
 * @example
 * readExpressions('(a (b c)) ; done') // [['a', ['b', 'c']]]
 */
export function readExpressions(text: string): Expression[] {
  const root: Expression[] = []
  const open: Expression[][] = []
  let list = root
  let wordStart = -1
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 32
    const isSpecial = code <= 32 || code === 40 || code === 41 || code === 59
    if (!isSpecial) {
      if (wordStart < 0) wordStart = i
      continue
    }
    if (wordStart >= 0) {
      list.push(text.slice(wordStart, i))
      wordStart = -1
    }
    if (code === 40) {
      if (open.length === DEEPEST) throw new MisstepError('data', 'The PDDL text nests too deeply')
      const inner: Expression[] = []
      list.push(inner)
      open.push(list)
      list = inner
    } else if (code === 41) {
      const outer = open.pop()
      if (!outer) throw new MisstepError('data', 'The PDDL text closes a parenthesis too many')
      list = outer
    } else if (code === 59) {
      const end = text.indexOf('\n', i)
      i = end < 0 ? text.length : end
    }
  }
  if (open.length > 0) throw new MisstepError('data', 'The PDDL text ends before its last parenthesis')
  return root
}
