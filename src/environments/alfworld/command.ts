/**
 * Reads a command into its words.
 * @module
 */
import type { Wording } from './profile.ts'

/** A command's verb and the names that it speaks of, not yet looked up. */
export interface Command {
  verb: string
  first: string
  second: string
}

/**
 * The words of a command, or `undefined` when no command has this shape. Nothing is forgiven: the original compares whole strings.
 *
 * @example
 * readCommand('take mug 1 from desk 2', PROFILES['2.1.3']) // { verb: 'take', first: 'mug 1', second: 'desk 2' }
 */
export function readCommand(text: string, wording: Wording): Command | undefined {
  if (text === 'look' || text === 'inventory' || (text === 'help' && wording.help)) {
    return { verb: text, first: '', second: '' }
  }
  if (text.startsWith('go to ')) return { verb: 'go to', first: text.slice(6), second: '' }
  const space = text.indexOf(' ')
  const verb = text.slice(0, Math.max(space, 0))
  const joint = jointOf(verb, wording)
  if (joint === undefined) return undefined
  if (joint === '') return { verb, first: text.slice(space + 1), second: '' }
  const at = text.indexOf(joint, space + 1)
  return at < 0 ? undefined : { verb, first: text.slice(space + 1, at), second: text.slice(at + joint.length) }
}

/** The words between the two names of a command; empty where it has only one; `undefined` for an unknown verb. */
function jointOf(verb: string, wording: Wording): string | undefined {
  switch (verb) {
    case 'open':
    case 'close':
    case 'examine':
    case 'use':
      return ''
    case 'take':
      return ' from '
    case 'clean':
    case 'heat':
    case 'cool':
    case 'slice':
      return ' with '
    default:
      return verb === wording.put ? wording.joint : undefined
  }
}

/** Python's `str.strip`, which the original applies to what a player types. */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** What Python calls white space: unlike JavaScript, the separators 28 to 31 and 133, and not the byte-order mark. */
function isSpace(code: number): boolean {
  if (code < 128) return (code >= 9 && code <= 13) || (code >= 28 && code <= 32)
  return code === 0x85 || (code !== 0xfeff && /\s/.test(String.fromCharCode(code)))
}
