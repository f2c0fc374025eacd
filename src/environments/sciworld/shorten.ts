/**
 * Takes what is needless out of the way that the simulator's own solver found, and calls things by their plain names.
 * @module
 */
import { readAnswer } from './answer.ts'
import { type Gait, roomOf, wayTo } from './house.ts'
import type { Glimpse } from './run.ts'

/** An action of a way, and what it brought about. */
export interface Stretch {
  action: string
  /** The room before it. */
  room: string
  glimpse: Glimpse
}

/**
 * Shorter ways that may lead to the same end, the shortest first; whether they do has to be tried. The solver opens doors
 * that stand open, looks at what it need not see and wanders through rooms.
 *
 * @example
 * for (const actions of shorten(way, { teleports: true, openDoors: true })) await run.preview(actions)
 */
export function shorten(way: readonly Stretch[], gait: Gait): string[][] {
  const needful = way.filter(isNeedful)
  const direct: string[] = []
  let room = way[0]?.room ?? ''
  for (const stretch of needful) {
    if (isMove(stretch) || isDoor(stretch)) continue
    // Where the agent has to be for what it does next; how it got there does not matter.
    const there = wayTo(room, stretch.room, gait)
    if (!there) return [needful.map(({ action }) => action)]
    direct.push(...there, stretch.action)
    room = stretch.room
  }
  return [direct, needful.map(({ action }) => action)]
}

/** Without what was rejected, and without looks that take no time and change nothing. */
function isNeedful({ action, glimpse }: Stretch): boolean {
  if (/^(?:look around|inventory|task)$/.test(action)) return false
  return readAnswer(action, glimpse.observation) !== 'rejected'
}

const isDoor = ({ action }: Stretch) => /^(?:open|close) door to /.test(action)

const isMove = ({ room, glimpse }: Stretch) => roomOf(glimpse.look) !== room

/**
 * The same way with things called as the simulator calls them when it answers; whether it understands that has to be
 * tried. The solver calls things by any name that they have, such as "object" or "egg giant tortoise egg in inventory".
 *
 * @example
 * nameAsSeen(way) // ['focus on pillow', 'move pillow to red box'], rather than "object"
 */
export function nameAsSeen(way: readonly Stretch[]): string[] {
  const names: string[] = []
  return way.map(({ action, glimpse }) => {
    const [, verb, called, rest = ''] = /^(focus on|pick up|move) (.+?)( to (?!.* to ).+)?$/.exec(action) ?? []
    const answered = /^You (?:focus on|move) the (.+?)(?: to the .+)?\.$/.exec(glimpse.observation)?.[1]
    if (!verb || !called || !answered) return action
    // What it was called before: "giant tortoise egg", where the answer is only "giant tortoise".
    const plain = called.replace(/ (?:containing .*|in inventory)$/, '')
    const name = names.find(known => hasWords(plain, known) || hasWords(known, plain)) ?? answered
    names.unshift(name)
    return `${verb} ${name}${rest}`
  })
}

const hasWords = (text: string, words: string) => words.split(' ').every(word => text.split(' ').includes(word))
