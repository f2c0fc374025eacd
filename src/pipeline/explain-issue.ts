/**
 * Says in plain words what is wrong with a value and what would be allowed.
 * @module
 */
import { z } from 'zod'

/** For zod's `error` option: the part of a sentence that follows the key, such as `must be a number above 0, but is "fast"`. */
export function explainIssue(issue: z.core.$ZodRawIssue): string {
  const got = `but is ${issue.input === undefined ? 'missing' : issue.input === null ? 'empty' : show(issue.input)}`
  switch (issue.code) {
    case 'unrecognized_keys': {
      const allowed = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : []
      return issue.keys.map(key => `is not a key that is known here${suggest(key, allowed)}`).join('\n')
    }
    case 'invalid_value':
      return `must be ${oneOf(issue.values)}, ${got}${suggestValue(issue.input, issue.values)}`
    case 'invalid_type':
      return `must be ${kindOf(issue.expected, issue.inst)}, ${got}`
    case 'too_small':
      if (issue.origin === 'array') return 'must have at least one entry, but is empty'
      if (issue.origin === 'string') return 'must not be empty'
      return `must be ${issue.inclusive ? `${issue.minimum} or more` : `above ${issue.minimum}`}, ${got}`
    case 'too_big':
      return `must be ${issue.inclusive ? `${issue.maximum} or less` : `below ${issue.maximum}`}, ${got}`
    case 'invalid_key':
      return 'is not a name that is allowed: small letters, digits and hyphens, such as my-arm'
    default:
      return `is not allowed, ${got}`
  }
}

function kindOf(expected: string, schema: unknown): string {
  if (expected === 'object' && schema instanceof z.ZodObject) {
    return `a block with the keys ${Object.keys(schema.shape).join(', ')}`
  }
  const kinds: Record<string, string> = {
    number: 'a number',
    int: 'a whole number',
    string: 'a text',
    boolean: 'true or false',
    array: 'a list, such as [golden]',
    object: 'a block of keys',
    record: 'a block of keys',
  }
  return kinds[expected] ?? `a ${expected}`
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`
}

function suggest(key: string, allowed: readonly string[]): string {
  const near = nearest(key, allowed)
  return `${near ? `; did you mean ${near}?` : '.'} Allowed: ${allowed.join(', ')}`
}

function suggestValue(value: unknown, allowed: readonly unknown[]): string {
  const near = typeof value === 'string' ? nearest(value, allowed.map(String)) : undefined
  return near ? `; did you mean ${near}?` : ''
}

/** The closest of some words, where one is close enough to be meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map(candidate => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance)
  const [best] = ranked
  return best && best.distance <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined
}

/** Levenshtein's distance: insertions, deletions and replacements. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const replaced = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}
