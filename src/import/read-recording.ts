/**
 * Reads the recordings in a record of a published file.
 * @module
 */
import { readMessages } from './read-messages.ts'
import { type RecordedMessage, readMoves } from './read-moves.ts'
import type { Dropped, Recording, RecordingFormat, TaskHints } from './recording.ts'
import { readHints } from './task-hints.ts'

/** ETO's harness writes it before everything that the environment answers, and before nothing else. */
const ETO_OBSERVATION = /^Observation:\s*/

/**
 * The recordings of one record: mostly one; several where an object holds the agent's turns under the number of each
 * goal, as AgentGym's goldens for WebShop. Whatever the record is, nothing is thrown.
 *
 * @param place what a record without a name is called, such as `record 12`
 * @example
 * readRecordings({ id: 7, conversations: [{ from: 'gpt', value: 'Thought: …\nAction: search[mug]' }] }, 'eto', 'record 1')
 */
export function readRecordings(record: unknown, format: RecordingFormat, place: string): (Recording | Dropped)[] {
  const goals = format === 'agentgym' ? turnsByGoal(record) : undefined
  if (goals) {
    return goals.map(([goal, messages]) => read(messages, format, `goal ${goal}`, { ids: [], goal }))
  }
  const messages = readMessages(record)
  const name = nameOf(record, place)
  if (!messages) return [{ name, reason: 'shape', detail: 'It holds no list of messages.' }]
  const reward = rewardOf(record)
  const recording = read(messages, format, name, readHints(record, format))
  return ['reason' in recording || reward === undefined ? recording : { ...recording, reward }]
}

function read(
  messages: readonly RecordedMessage[],
  format: RecordingFormat,
  name: string,
  hints: TaskHints,
): Recording | Dropped {
  const found = readMoves(messages, format === 'eto' ? { observation: ETO_OBSERVATION } : {})
  return found.moves.length === 0 ? { name, reason: 'no-moves' } : { name, hints, ...found }
}

function turnsByGoal(record: unknown): [goal: number, RecordedMessage[]][] | undefined {
  if (record === null || typeof record !== 'object' || Array.isArray(record)) return undefined
  const entries = Object.entries(record)
  const isTurns = (value: unknown) => Array.isArray(value) && value.every(turn => typeof turn === 'string')
  if (entries.length === 0 || !entries.every(([goal, turns]) => /^\d{1,9}$/.test(goal) && isTurns(turns))) {
    return undefined
  }
  return entries.map(([goal, turns]) => [
    Number(goal),
    (turns as string[]).map((text): RecordedMessage => ({ role: 'agent', text })),
  ])
}

function nameOf(record: unknown, place: string): string {
  const { item_id, id } = (record ?? {}) as Record<string, unknown>
  const name = item_id ?? id
  return typeof name === 'string' || typeof name === 'number' ? `${place} (${String(name).slice(0, 80)})` : place
}

function rewardOf(record: unknown): number | undefined {
  const { reward } = (record ?? {}) as Record<string, unknown>
  return typeof reward === 'number' && reward >= 0 && reward <= 1 ? reward : undefined
}
