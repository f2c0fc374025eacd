/**
 * Reads nested lists in parentheses, as PDDL is written.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'

export type Expression = string | Expression[]

/** Far more than any problem of the benchmark nests; keeps a hostile file from exhausting the stack. */
const DEEPEST = 64

/**
 * The expressions of a text. A `;` starts a comment that ends with its line. Innermost lists that are written alike
 * are one and the same array, since problems say most of their facts many times over.
 *
 * @throws {MisstepError} when parentheses do not match or nest deeper than 64
 * @example
 * readExpressions('(a (b c)) ; done') // [['a', ['b', 'c']]]
 */
export function readExpressions(text: string): Expression[] {
  const known = new Map<string, Expression[]>()
  const root: Expression[] = []
  const open: Expression[][] = []
  let list = root
  let wordStart = -1
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 32
    const isSpecial = code <= 32 || code === OPEN || code === CLOSE || code === COMMENT
    if (!isSpecial) {
      if (wordStart < 0) wordStart = i
      continue
    }
    if (wordStart >= 0) {
      list.push(text.slice(wordStart, i))
      wordStart = -1
    }
    if (code === OPEN) {
      const end = innermostEnd(text, i + 1)
      if (end >= 0) {
        list.push(innermost(text.slice(i + 1, end), known))
        i = end
        continue
      }
      if (open.length === DEEPEST) throw new MisstepError('data', 'The PDDL text nests too deeply')
      const inner: Expression[] = []
      list.push(inner)
      open.push(list)
      list = inner
    } else if (code === CLOSE) {
      const outer = open.pop()
      if (!outer) throw new MisstepError('data', 'The PDDL text closes a parenthesis too many')
      list = outer
    } else if (code === COMMENT) {
      const end = text.indexOf('\n', i)
      i = end < 0 ? text.length : end
    }
  }
  if (open.length > 0) throw new MisstepError('data', 'The PDDL text ends before its last parenthesis')
  return root
}

const OPEN = 40
const CLOSE = 41
const COMMENT = 59

/** Where a list that starts at `start` closes, if nothing but words come before that; else -1. */
function innermostEnd(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === CLOSE) return i
    if (code === OPEN || code === COMMENT) return -1
  }
  return -1
}

function innermost(text: string, known: Map<string, Expression[]>): Expression[] {
  let words = known.get(text)
  if (!words) {
    words = text.split(/[\0- ]+/).filter(word => word !== '')
    known.set(text, words)
  }
  return words
}
