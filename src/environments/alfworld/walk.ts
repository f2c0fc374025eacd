/**
 * The pieces that plans are made of: going somewhere, fetching a thing, bringing it to its place.
 * @module
 */
import type { TaskKind } from './game.ts'
import { PROFILES } from './profile.ts'
import { APPLIANCES, type Treatment } from './state.ts'
import type { World } from './world.ts'

/** Why a step is done: decides the words of its thought. */
export type Purpose = 'search' | 'fetch' | 'treat' | 'deliver' | 'light' | 'free-hands'

/** One command, with what it is about (indices of objects and receptacles, -1 where there is none). */
export interface Intent {
  purpose: Purpose
  command: string
  verb: 'go' | 'open' | 'examine' | 'take' | 'put' | 'treat' | 'use'
  object: number
  receptacle: number
}

/** What is done to the wanted object before it is delivered: by which command, where, and the state that it brings. */
export interface GoalTreatment {
  verb: Treatment
  at: string
  state: 'clean' | 'hot' | 'cool'
}

const TREATED: Partial<Record<TaskKind, GoalTreatment>> = {
  pick_clean_then_place_in_recep: { verb: 'clean', at: APPLIANCES.clean, state: 'clean' },
  pick_heat_then_place_in_recep: { verb: 'heat', at: APPLIANCES.heat, state: 'hot' },
  pick_cool_then_place_in_recep: { verb: 'cool', at: APPLIANCES.cool, state: 'cool' },
}

/** The treatment that a kind of task asks for, if any. */
export const treatmentOf = (kind: TaskKind): GoalTreatment | undefined => TREATED[kind]

/** What a plan walks through: where the agent would be, and what it would have opened. */
export interface Walk {
  location: number
  opened: Set<number>
  steps: Intent[]
}

export function isTreated(world: World, object: number): boolean {
  const treatment = treatmentOf(world.game.goal.kind)
  return treatment === undefined || world[treatment.state][object] === 1
}

/** A walk from here; what is in the hand and not wanted first goes somewhere. */
export function startWalk(world: World, wanted: number | undefined): Walk {
  const walk: Walk = { location: world.location, opened: new Set(), steps: [] }
  if (wanted !== undefined && world.held >= 0 && world.held !== wanted) {
    const place = placeFor(world, world.held)
    if (place !== undefined) {
      go(world, walk, place, world.held, 'free-hands')
      walk.steps.push(intent(world, 'put', 'free-hands', world.held, place))
    }
  }
  return walk
}

/** Somewhere to put an unwanted thing: here if possible, and never where it would have to be opened. */
function placeFor(world: World, object: number): number | undefined {
  const { receptacles, objects, canContain } = world.game
  const fits = receptacles
    .map((_, index) => index)
    .filter(
      index =>
        receptacles[index]!.location >= 0 && canContain.has(`${receptacles[index]!.type} ${objects[object]!.type}`),
    )
    .filter(index => !receptacles[index]!.openable || world.opened[index])
  return fits.find(index => receptacles[index]!.location === world.location) ?? fits[0]
}

export function deliver(world: World, walk: Walk, known: Map<number, number[]>, object: number, target: number): void {
  fetch(world, walk, known, object, target)
  const treatment = treatmentOf(world.game.goal.kind)
  if (treatment && !isTreated(world, object)) {
    const { receptacles } = world.game
    const places = receptacles
      .map((_, index) => index)
      .filter(index => receptacles[index]!.type === treatment.at && receptacles[index]!.location >= 0)
    const place = places.find(index => receptacles[index]!.location === walk.location) ?? places[0]
    if (place !== undefined) {
      go(world, walk, place, object, 'treat')
      walk.steps.push(intent(world, 'treat', 'treat', object, place))
    }
  }
  // A thing can be in several places at once; taken from another, it is still in the wanted one.
  if (walk.steps.at(-1)?.verb === 'treat' && remainsAt(world, known, object, target)) return
  go(world, walk, target, object, 'deliver')
  open(world, walk, target, object, 'deliver')
  walk.steps.push(intent(world, 'put', 'deliver', object, target))
}

/** Whether an object that is held, or taken from another place, would still be at the target. */
function remainsAt(world: World, known: Map<number, number[]>, object: number, target: number): boolean {
  const places = known.get(object) ?? []
  return places.includes(target) && (world.held === object || places.length > 1)
}

/** Takes an object, not from `except` where there is a choice. */
export function fetch(world: World, walk: Walk, known: Map<number, number[]>, object: number, except = -1): void {
  if (world.held === object && walk.steps.length === 0) return
  const { receptacles } = world.game
  const places = known.get(object) ?? []
  const others = places.length > 1 ? places.filter(place => place !== except) : places
  const place = others.find(index => receptacles[index]!.location === walk.location) ?? others[0]
  if (place === undefined) return
  go(world, walk, place, object, 'fetch')
  open(world, walk, place, object, 'fetch')
  walk.steps.push(intent(world, 'take', 'fetch', object, place))
}

export function go(world: World, walk: Walk, receptacle: number, object: number, purpose: Purpose): void {
  const { location } = world.game.receptacles[receptacle]!
  if (walk.location === location) return
  walk.location = location
  walk.steps.push(intent(world, 'go', purpose, object, receptacle))
}

export function open(world: World, walk: Walk, receptacle: number, object: number, purpose: Purpose): void {
  if (!world.game.receptacles[receptacle]!.openable || world.opened[receptacle] || walk.opened.has(receptacle)) return
  walk.opened.add(receptacle)
  walk.steps.push(intent(world, 'open', purpose, object, receptacle))
}

export function intent(
  world: World,
  verb: Intent['verb'],
  purpose: Purpose,
  object: number,
  receptacle: number,
): Intent {
  return { purpose, verb, object, receptacle, command: commandOf(world, verb, object, receptacle) }
}

function commandOf(world: World, verb: Intent['verb'], object: number, receptacle: number): string {
  const thing = world.game.objects[object]?.name ?? ''
  const place = world.game.receptacles[receptacle]!.name
  const { put, joint } = PROFILES[world.profile]
  switch (verb) {
    case 'go':
      return `go to ${place}`
    case 'open':
      return `open ${place}`
    case 'examine':
      return `examine ${place}`
    case 'take':
      return `take ${thing} from ${place}`
    case 'put':
      return `${put} ${thing}${joint}${place}`
    case 'use':
      return `use ${thing}`
    case 'treat':
      return `${treatmentOf(world.game.goal.kind)?.verb} ${thing} with ${place}`
  }
}
