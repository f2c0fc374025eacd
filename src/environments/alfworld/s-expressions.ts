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
  for (const token of text.match(TOKEN) ?? []) {
    const first = token.charCodeAt(0)
    if (first === COMMENT) continue
    if (first === CLOSE) {
      const outer = open.pop()
      if (!outer) throw new MisstepError('data', 'The PDDL text closes a parenthesis too many')
      list = outer
    } else if (first !== OPEN) {
      list.push(token)
    } else if (token.length > 1) {
      let innermost = known.get(token)
      if (!innermost) {
        innermost = token.slice(1, -1).match(WORD) ?? []
        known.set(token, innermost)
      }
      list.push(innermost)
    } else {
      if (open.length === DEEPEST) throw new MisstepError('data', 'The PDDL text nests too deeply')
      const inner: Expression[] = []
      list.push(inner)
      open.push(list)
      list = inner
    }
  }
  if (open.length > 0) throw new MisstepError('data', 'The PDDL text ends before its last parenthesis')
  return root
}

/** A list of nothing but words, a parenthesis, a comment, or a word. */
const TOKEN = /\([^();]*\)|[()]|;[^\n]*|[^\s();]+/g
const WORD = /\S+/g

const OPEN = 40
const CLOSE = 41
const COMMENT = 59
