/**
 * What a record says about the task that it is of, beside the conversation.
 * @module
 */
import type { RecordingFormat, TaskHints } from './recording.ts'

/**
 * SciWorld's kinds by the numbers with which ETO's ids begin, such as `3_12`: facts from its published index. The fifth
 * is not among its tasks.
 */
const ETO_KINDS = [
  'boil',
  'change-the-state-of-matter-of',
  'freeze',
  'melt',
  'measure-melting-point-known-substance',
  undefined,
  'use-thermometer',
  'power-component',
  'power-component-renewable-vs-nonrenewable-energy',
  'test-conductivity',
  'test-conductivity-of-unknown-substances',
  'find-animal',
  'find-living-thing',
  'find-non-living-thing',
  'find-plant',
  'grow-fruit',
  'grow-plant',
  'chemistry-mix',
  'chemistry-mix-paint-secondary-color',
  'chemistry-mix-paint-tertiary-color',
  'lifespan-longest-lived',
  'lifespan-longest-lived-then-shortest-lived',
  'lifespan-shortest-lived',
  'identify-life-stages-1',
  'identify-life-stages-2',
]

/** Names under which records hold an id or the path of a game. */
const ID_NAMES = ['task_id', 'id', 'item_id', 'game_file', 'game_dir', 'gamefile', 'game', 'task']
const GOAL_NAMES = ['goal_idx', 'goal', 'goal_id', 'session_id', 'session']
const KIND_NAMES = ['task', 'task_name', 'sub_task_name', 'kind']
const VARIATION_NAMES = ['variation', 'variation_idx', 'variationIdx']

/** The hints of a record; a record that says nothing has none. */
export function readHints(record: unknown, format: RecordingFormat): TaskHints {
  const fields = fieldsOf(record)
  const find = <T>(names: readonly string[], pick: (value: unknown) => T | undefined): T | undefined =>
    names.map(name => (Object.hasOwn(fields, name) ? pick(fields[name]) : undefined)).find(value => value !== undefined)

  const ids = ID_NAMES.flatMap(name => find([name], asText) ?? [])
  const { candidates } = fields
  if (Array.isArray(candidates)) ids.push(...candidates.flatMap(value => asText(value) ?? []))
  const nested = fieldsOf(fields.task)
  if (typeof nested.id === 'string') ids.push(nested.id)

  const goal = find(GOAL_NAMES, asNumber) ?? find(['item_id'], goalInId) ?? etoGoal(format, fields)
  const kind = find(KIND_NAMES, asText)
  const number = find(VARIATION_NAMES, asNumber)
  const variation = kind !== undefined && number !== undefined ? { kind, number } : etoVariation(format, fields)
  return { ids, ...(goal !== undefined && { goal }), ...(variation && { variation }) }
}

const etoGoal = (format: RecordingFormat, { id }: Record<string, unknown>) =>
  format === 'eto' ? asNumber(id) : undefined

function etoVariation(format: RecordingFormat, { id }: Record<string, unknown>): TaskHints['variation'] {
  const [, kindNumber, number] = (format === 'eto' && typeof id === 'string' && /^(\d{1,2})_(\d{1,5})$/.exec(id)) || []
  const kind = ETO_KINDS[Number(kindNumber)]
  return kind === undefined ? undefined : { kind, number: Number(number) }
}

const goalInId = (value: unknown) =>
  typeof value === 'string' ? asNumber(/^webshop_(\d{1,9})$/.exec(value)?.[1]) : undefined

const asText = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
