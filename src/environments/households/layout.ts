/**
 * Room layouts of our own: which receptacles a room has, how many, and where they stand.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { createRandom, type Random } from '../../core/random.ts'
import { ROOM_KINDS, ROOMS, type RoomKind } from '../alfworld/rooms.ts'

/** A receptacle of a layout. */
export interface Fixture {
  /** An identifier as the benchmark forms them, with made-up coordinates. */
  id: string
  type: string
  openable: boolean
}

export interface Layout {
  room: RoomKind
  fixtures: Fixture[]
  /** The types of its fixtures, and of the things that may lie there. */
  types: ReadonlySet<string>
  things: readonly string[]
  /** Which receptacle types it has and how many: two layouts with the same signature count as the same room. */
  signature: string
}

/** Layouts of each kind of room, by what they are for; no signature is in two groups. */
export type LayoutGroups = Record<LayoutGroup, Record<RoomKind, Layout[]>>
export const LAYOUT_GROUPS = ['train', 'dev', 'unseen'] as const
export type LayoutGroup = (typeof LAYOUT_GROUPS)[number]

/** Layouts of each kind of room in a group; the benchmark has about 27, 1 and 1. */
const LAYOUTS_PER_ROOM: Record<LayoutGroup, number> = { train: 24, dev: 6, unseen: 6 }

/** Rooms drawn in vain, one after the other, before there are taken to be no more that differ. */
const MOST_DRAWS = 10_000

/** Furniture that fewer than this share of the benchmark's rooms have is left out. */
const RAREST = 0.1

/**
 * The layouts of all groups, always the same ones.
 *
 * @param most most receptacles of one type in a room; 2 at least, or there are too few rooms that differ
 * @throws {MisstepError} `usage` where there are
 * @example
 * createLayouts(3).unseen.kitchen[0].signature
 */
export function createLayouts(most: number): LayoutGroups {
  const random = createRandom('household layouts', most)
  const taken = new Set<string>()
  const groups: Partial<LayoutGroups> = {}
  for (const group of LAYOUT_GROUPS) {
    const rooms: Record<RoomKind, Layout[]> = { kitchen: [], livingroom: [], bedroom: [], bathroom: [] }
    for (const room of ROOM_KINDS) {
      for (let vain = 0; rooms[room].length < LAYOUTS_PER_ROOM[group]; ) {
        const layout = createLayout(room, random, most)
        if (taken.has(layout.signature)) {
          if (++vain > MOST_DRAWS) throw tooFew(most)
          continue
        }
        vain = 0
        taken.add(layout.signature)
        rooms[room].push(layout)
      }
    }
    groups[group] = rooms
  }
  return groups as LayoutGroups
}

const tooFew = (most: number) =>
  new MisstepError('usage', 'There are too few households that differ with so few receptacles of a type', {
    value: { most },
    advice: 'Give most: 2 or more; the default is 3.',
  })

function createLayout(room: RoomKind, random: Random, most: number): Layout {
  const fixtures: Fixture[] = []
  const counts: string[] = []
  for (const { type, openable, presence, count } of ROOMS[room]) {
    if (presence < RAREST || !random.chance(presence)) continue
    const number = Math.min(most, Math.max(1, Math.round(count * (0.5 + random.next()))))
    counts.push(`${type}x${number}`)
    for (let i = 0; i < number; i++) fixtures.push({ id: placeId(type, random), type, openable })
  }
  const types = new Set(fixtures.map(({ type }) => type))
  const things = new Set(ROOMS[room].flatMap(({ type, holds }) => (types.has(type) ? [...holds.keys()] : [])))
  return { room, fixtures, types, things: [...things], signature: `${room} ${counts.join(' ')}` }
}

/** How each hundredth up to 4 is written: `toFixed` takes a tenth of the time that it takes to make up a game. */
const HUNDREDTHS = Array.from({ length: 401 }, (_, count) => (count / 100).toFixed(2).replace('.', '_dot_'))

/** An identifier such as `sink_bar__plus_01_dot_22_bar__minus_00_dot_90_bar__plus_02_dot_01_bar_sinkbasin`. */
export function placeId(type: string, random: Random): string {
  const coordinate = () => {
    const place = HUNDREDTHS[Math.round(random.next() * 400)]
    return `_${random.chance(0.5) ? 'plus' : 'minus'}_0${place}`
  }
  const stem = type.replace('basin', '')
  const ending = type.endsWith('basin') ? `_bar_${type}` : ''
  return `${stem}_bar_${coordinate()}_bar_${coordinate()}_bar_${coordinate()}${ending}`
}
