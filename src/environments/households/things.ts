/**
 * What can be done with each type of thing, as in the benchmark.
 * @module
 */
import { ROOM_KINDS, ROOMS } from '../alfworld/rooms.ts'

export interface Abilities {
  cleanable: boolean
  heatable: boolean
  coolable: boolean
  sliceable: boolean
  toggleable: boolean
}

// Counted over the ALFWorld training games (MIT): c = can be cleaned, h = heated, f = cooled in a fridge, s = sliced.
const TREATABLE: Readonly<Record<string, string>> = {
  apple: 'chfs',
  bowl: 'cf',
  bread: 'hfs',
  butterknife: 'c',
  cloth: 'c',
  cup: 'chf',
  dishsponge: 'c',
  egg: 'chfs',
  fork: 'c',
  kettle: 'c',
  knife: 'c',
  ladle: 'c',
  lettuce: 'cfs',
  mug: 'chf',
  pan: 'cf',
  plate: 'chf',
  pot: 'cf',
  potato: 'chfs',
  soapbar: 'c',
  spatula: 'c',
  spoon: 'c',
  tomato: 'chfs',
  winebottle: 'f',
}

export function abilitiesOf(type: string): Abilities {
  const letters = TREATABLE[type] ?? ''
  return {
    cleanable: letters.includes('c'),
    heatable: letters.includes('h'),
    coolable: letters.includes('f'),
    sliceable: letters.includes('s'),
    toggleable: type === 'desklamp',
  }
}

/** What may be put where: whatever the benchmark's rooms have there, and into an appliance what it treats. */
export const CAN_CONTAIN: ReadonlySet<string> = canContain()

function canContain(): Set<string> {
  const pairs = new Set<string>()
  for (const room of ROOM_KINDS) {
    for (const { type, holds } of ROOMS[room]) for (const thing of holds.keys()) pairs.add(`${type} ${thing}`)
  }
  for (const [thing, letters] of Object.entries(TREATABLE)) {
    if (letters.includes('c')) pairs.add(`sinkbasin ${thing}`)
    if (letters.includes('h')) pairs.add(`microwave ${thing}`)
    if (letters.includes('f')) pairs.add(`fridge ${thing}`)
  }
  return pairs
}
