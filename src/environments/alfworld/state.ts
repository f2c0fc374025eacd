/**
 * What the rules know of an episode beyond what the public `World` shows.
 * @module
 */
import type { Lookup } from './lookup.ts'
import type { Wording } from './profile.ts'
import type { World } from './world.ts'

/**
 * All lists in it are replaced, never changed in place, so that forks and the starting facts can share them.
 */
export interface WorldState extends World {
  readonly lookup: Lookup
  readonly wording: Wording
  /** Per object, the locations of its `objectAtLocation` facts, sorted. */
  objectLocations: (readonly number[])[]
  /** Pairs `object * receptacles + receptacle` that were taken apart and not joined again; `undefined` while there are none. */
  parted: Set<number> | undefined
}

export const carries = (state: WorldState) => state.held >= 0

/** Whether a receptacle is where the agent is. */
export const isHere = (state: WorldState, receptacle: number) =>
  state.game.receptacles[receptacle]!.location === state.location

/** Whether things can be seen in, taken from and put into a receptacle: it needs no opening, or is open. */
export const isAccessible = (state: WorldState, receptacle: number) =>
  !state.game.receptacles[receptacle]!.openable || state.opened[receptacle] === 1

/** Whether an object may be put into a receptacle by their types. */
export const mayHold = (state: WorldState, receptacle: number, thing: number) =>
  state.game.canContain.has(`${state.game.receptacles[receptacle]!.type} ${state.game.objects[thing]!.type}`)

/** The receptacles here that hold an object, open or not. */
export const holdersHere = (state: WorldState, thing: number) =>
  state.lookup.at[state.location]!.filter(receptacle => state.contents[receptacle]!.includes(thing))

/** Whether the original's facts place an object at the agent's location; not the same as being in a receptacle here. */
export const liesHere = (state: WorldState, thing: number) => state.objectLocations[thing]!.includes(state.location)

/** A sorted list with one more index in it. */
export function withIndex(list: readonly number[], index: number): number[] {
  return list.includes(index) ? [...list] : [...list, index].sort((a, b) => a - b)
}

/** The receptacle types that clean, heat and cool what is held. */
export const APPLIANCES = { clean: 'sinkbasin', heat: 'microwave', cool: 'fridge' } as const
export type Treatment = keyof typeof APPLIANCES
export const ABILITY = { clean: 'cleanable', heat: 'heatable', cool: 'coolable' } as const
