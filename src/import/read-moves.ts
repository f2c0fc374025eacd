/**
 * Finds an agent's moves in the messages of a conversation.
 * @module
 */
import type { RecordedMove } from './recording.ts'

/** A message as any of the formats has it. */
export interface RecordedMessage {
  role: 'agent' | 'world'
  text: string
  /** A move that the format holds in fields of its own. */
  move?: { thought: string; action: string }
}

export interface ReadMovesOptions {
  /** How every observation begins; a message of the world without it begins another task, as after a worked example. */
  observation?: RegExp
}

export interface ReadMoves {
  before: string
  moves: RecordedMove[]
  withoutMove: number
}

/**
 * The moves, each with what was shown after it. Turns of the agent before the first move, such as `OK`, are passed
 * over; so is a later turn without an action, with what was answered to it: the environment never saw it. Where no turn
 * has `Action:`, each turn is an action as it stands, and one that begins with `think:` is the thought of the next.
 *
 * @example
 * readMoves([{ role: 'world', text: 'A room.' }, { role: 'agent', text: 'Thought: Why not?\nAction: look' }])
 */
export function readMoves(messages: readonly RecordedMessage[], { observation }: ReadMovesOptions = {}): ReadMoves {
  const isMarked = messages.some(message => message.role === 'agent' && (message.move ?? readMarked(message.text)))
  let read: ReadMoves = { before: '', moves: [], withoutMove: 0 }
  let thought = ''
  let unanswered: RecordedMove | undefined
  for (const message of messages) {
    const { moves } = read
    if (message.role === 'world') {
      if (moves.length > 0 && observation && !observation.test(message.text)) {
        read = { before: '', moves: [], withoutMove: 0 }
        thought = ''
      }
      if (read.moves.length === 0) read.before += `${read.before && '\n\n'}${message.text}`
      else if (unanswered) unanswered.seen = observation ? message.text.replace(observation, '') : message.text
      unanswered = undefined
      continue
    }
    unanswered = undefined
    const move = message.move ?? (isMarked ? readMarked(message.text) : readBare(message.text))
    if (move && line(move.action) !== '') {
      unanswered = { thought: line(`${thought} ${move.thought}`), action: line(move.action) }
      moves.push(unanswered)
      thought = ''
    } else if (move && !isMarked) thought = `${thought} ${move.thought}`
    else if (moves.length > 0) read.withoutMove++
  }
  return read
}

type Said = RecordedMessage['move']

/**
 * `Thought: … Action: …`: what stands before the first `Action:` is the thought, and all after it is the action, as
 * ETO reads it. `undefined` without `Action:`.
 */
function readMarked(text: string): Said {
  const found = /\bAction:/.exec(text) ?? /\bACTION:/.exec(text)
  if (!found) return undefined
  const thought = text.slice(0, found.index).replace(/^\s*thought:/i, '')
  return { thought, action: text.slice(found.index + found[0].length) }
}

/** A turn that is an action, or ReAct's `think: …`, which the environment answers with `OK.`. */
function readBare(text: string): Said {
  const said = text.trim().replace(/^>\s*/, '')
  if (said === '' || /^ok\b/i.test(said)) return undefined
  const [, thought] = /^think:(.*)$/is.exec(said) ?? []
  return thought === undefined ? { thought: '', action: said } : { thought, action: '' }
}

const line = (text: string) => text.replace(/\s+/g, ' ').trim()
