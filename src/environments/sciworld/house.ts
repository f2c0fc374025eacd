/**
 * The house that every task plays in, and the ways through it.
 * @module
 */

/** Which rooms have a door between them. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  hallway: ['kitchen', 'living room', 'bedroom', 'workshop', 'art studio', 'greenhouse'],
  kitchen: ['hallway', 'outside', 'bathroom'],
  outside: ['kitchen', 'greenhouse', 'foundry'],
  greenhouse: ['hallway', 'outside'],
  bathroom: ['kitchen'],
  foundry: ['outside'],
  'living room': ['hallway'],
  bedroom: ['hallway'],
  workshop: ['hallway'],
  'art studio': ['hallway'],
}

/** All rooms. */
export const ROOMS: readonly string[] = Object.keys(DOORS)

/**
 * The room that a look shows; empty where it shows none.
 *
 * @example
 * roomOf('This room is called the kitchen. In it, you see: …') // 'kitchen'
 */
export function roomOf(look: string): string {
  return /^This (?:room|outside location) is called the ([a-z ]+)\./.exec(look)?.[1] ?? ''
}

/** The room that an action leads to; `undefined` for one that leads to none. */
export function roomReached(action: string): string | undefined {
  return /^(?:go|teleport) to (.+)$/.exec(action)?.[1]
}

/** Whether an action is about getting somewhere. */
export function isMove(action: string): boolean {
  return roomReached(action) !== undefined || /^open door to /.test(action)
}

/** How an agent gets about: whether it may teleport, and whether doors stand open. */
export interface Gait {
  teleports: boolean
  openDoors: boolean
}

/**
 * The actions that lead from one room to another the shortest way; none where it is there already.
 *
 * @returns `undefined` where no way is known
 * @example
 * wayTo('kitchen', 'foundry', { teleports: false, openDoors: true }) // ['go to outside', 'go to foundry']
 */
export function wayTo(from: string, to: string, { teleports, openDoors }: Gait): string[] | undefined {
  if (from === to) return []
  if (!(from in DOORS) || !(to in DOORS)) return undefined
  if (teleports) return [`teleport to ${to}`]
  const before = new Map([[from, '']])
  for (const room of before.keys()) {
    for (const next of DOORS[room]!) if (!before.has(next)) before.set(next, room)
  }
  const rooms: string[] = []
  for (let room = to; room !== from; room = before.get(room)!) rooms.unshift(room)
  return rooms.flatMap(room => (openDoors ? [`go to ${room}`] : [`open door to ${room}`, `go to ${room}`]))
}
