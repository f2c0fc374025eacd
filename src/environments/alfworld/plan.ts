/**
 * What is left to do in a game, for one who knows only what was shown, or everything.
 * The expert plays the first step of the plan; the judge asks whether a step made the plan shorter.
 * @module
 */
import type { Sight } from '../../core/environment.ts'
import { likelihood } from './rooms.ts'
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

export interface Plan {
  /** Steps to the goal as far as it is known, plus 1,000 for each thing not found yet, plus the steps left to search. */
  cost: number
  /** The first step; absent when the game is won or nothing is left to try. */
  next: Intent | undefined
  /** Types of object that are needed and not found yet. */
  missing: string[]
}

/** More than any plan or search could take, so that finding a thing always shortens the plan. */
const NOT_FOUND = 1000

/** What treats an object for each kind of task, and the state that it brings. */
export const TREATMENTS = {
  pick_clean_then_place_in_recep: { verb: 'clean', at: 'sinkbasin', state: 'clean' },
  pick_heat_then_place_in_recep: { verb: 'heat', at: 'microwave', state: 'hot' },
  pick_cool_then_place_in_recep: { verb: 'cool', at: 'fridge', state: 'cool' },
} as const
type TreatedKind = keyof typeof TREATMENTS

/** What a plan walks through: where the agent would be, and what it would have opened. */
interface Walk {
  location: number
  opened: Set<number>
  steps: Intent[]
}

/**
 * The shortest plan over what is known.
 *
 * @example
 * plan(world, 'seen').next?.command // 'go to countertop 1'
 */
export function plan(world: World, sight: Sight): Plan {
  if (world.won) return { cost: 0, next: undefined, missing: [] }
  const { goal } = world.game
  const known = knownPlaces(world, sight)
  const { walk, missing } = goal.kind === 'look_at_obj_in_light' ? planLook(world, known) : planPlace(world, known)
  if (missing.length === 0) return { cost: walk.steps.length, next: walk.steps[0], missing }
  const search = sight === 'everything' ? [] : searchSteps(world, missing)
  const junk = world.held >= 0 && world.game.objects[world.held]!.type !== goal.object ? 1 : 0
  const cost = walk.steps.length + NOT_FOUND * missing.length + search.length + junk
  return { cost, next: walk.steps[0] ?? search[0], missing }
}

/** Per object, the receptacles that it is known to be in. */
function knownPlaces(world: World, sight: Sight): Map<number, number[]> {
  const places = new Map<number, number[]>()
  world.contents.forEach((objects, receptacle) => {
    if (world.game.receptacles[receptacle]!.location < 0) return
    if (sight === 'seen' && !world.shown[receptacle]) return
    for (const object of objects) places.set(object, [...(places.get(object) ?? []), receptacle])
  })
  return places
}

/** Brings one thing (or two) to a receptacle of the wanted type, treated where the task says so. */
function planPlace(world: World, known: Map<number, number[]>): { walk: Walk; missing: string[] } {
  const { goal, receptacles } = world.game
  const count = goal.kind === 'pick_two_obj_and_place' ? 2 : 1
  let best: { walk: Walk; missing: string[] } | undefined
  const things = candidates(world, known)
  receptacles.forEach((receptacle, target) => {
    if (receptacle.type !== goal.receptacle || receptacle.location < 0) return
    const isPlaced = (object: number) => known.get(object)?.includes(target) === true && isTreated(world, object)
    const waiting = things.filter(object => !isPlaced(object))
    const needed = count - (things.length - waiting.length)
    for (const order of orders(waiting, needed, world.held)) {
      const walk = startWalk(world, order[0])
      for (const object of order) deliver(world, walk, known, object, target)
      const missing = Array<string>(needed - order.length).fill(goal.object)
      if (!best || score(walk, missing) < score(best.walk, best.missing)) best = { walk, missing }
    }
  })
  return best ?? { walk: startWalk(world, undefined), missing: [goal.object] }
}

/** In which orders so many things could be brought, or as many as there are. */
function orders(things: readonly number[], needed: number, held: number): number[][] {
  // What is held goes first: putting it down to take another never shortens the way.
  const firsts = things[0] === held ? [held] : things
  if (firsts.length === 0) return [[]]
  if (needed < 2 || things.length < 2) return firsts.map(first => [first])
  return firsts.flatMap(first => things.filter(second => second !== first).map(second => [first, second]))
}

/** Holds the wanted thing beside a lamp that is on. */
function planLook(world: World, known: Map<number, number[]>): { walk: Walk; missing: string[] } {
  const { goal, objects, receptacles } = world.game
  const lamps = [...known].flatMap(([object, places]) =>
    objects[object]!.type === goal.lamp && objects[object]!.toggleable ? places.map(place => ({ object, place })) : [],
  )
  const things = candidates(world, known)
  const missing = [...(things.length === 0 ? [goal.object] : []), ...(lamps.length === 0 ? [goal.lamp!] : [])]
  let best: Walk | undefined
  for (const thing of things.length > 0 ? things : [undefined]) {
    for (const lamp of lamps.length > 0 && thing !== undefined ? lamps : [undefined]) {
      const walk = startWalk(world, thing)
      if (thing !== undefined) fetch(world, walk, known, thing)
      if (lamp) {
        go(world, walk, lamp.place, lamp.object, 'light')
        // Going nowhere and lamp on already means that only the thing was missing.
        const last = receptacles[lamp.place]!.location
        if (!world.toggled[lamp.object] || walk.steps.length === 0) {
          walk.steps.push(intent(world, 'use', 'light', lamp.object, lamp.place))
        }
        walk.location = last
      }
      if (!best || walk.steps.length < best.steps.length) best = walk
    }
  }
  return { walk: best!, missing }
}

function score(walk: Walk, missing: readonly string[]): number {
  return walk.steps.length + NOT_FOUND * missing.length
}

/** Known objects of the wanted type, the held one first. */
function candidates(world: World, known: Map<number, number[]>): number[] {
  const { goal, objects } = world.game
  const isWanted = (object: number) => objects[object]!.type === goal.object && objects[object]!.pickupable
  const held = world.held >= 0 && isWanted(world.held) ? [world.held] : []
  return [
    ...held,
    ...[...known.keys()].filter(object => isWanted(object) && object !== world.held).sort((a, b) => a - b),
  ]
}

function isTreated(world: World, object: number): boolean {
  const treatment = TREATMENTS[world.game.goal.kind as TreatedKind]
  return treatment === undefined || world[treatment.state][object] === 1
}

/** A walk from here; what is in the hand and not wanted first goes somewhere. */
function startWalk(world: World, wanted: number | undefined): Walk {
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

function deliver(world: World, walk: Walk, known: Map<number, number[]>, object: number, target: number): void {
  fetch(world, walk, known, object, target)
  const treatment = TREATMENTS[world.game.goal.kind as TreatedKind]
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
function fetch(world: World, walk: Walk, known: Map<number, number[]>, object: number, except = -1): void {
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

function go(world: World, walk: Walk, receptacle: number, object: number, purpose: Purpose): void {
  const { location } = world.game.receptacles[receptacle]!
  if (walk.location === location) return
  walk.location = location
  walk.steps.push(intent(world, 'go', purpose, object, receptacle))
}

function open(world: World, walk: Walk, receptacle: number, object: number, purpose: Purpose): void {
  if (!world.game.receptacles[receptacle]!.openable || world.opened[receptacle] || walk.opened.has(receptacle)) return
  walk.opened.add(receptacle)
  walk.steps.push(intent(world, 'open', purpose, object, receptacle))
}

/**
 * The steps that would show every receptacle not shown yet: what is here first, then likely places first, equally
 * likely ones in the order in which the room lists them.
 */
function searchSteps(world: World, missing: readonly string[]): Intent[] {
  const { receptacles } = world.game
  const chance = (index: number) => Math.max(...missing.map(type => likelihood(type, receptacles[index]!.type)))
  const isHere = (index: number) => Number(receptacles[index]!.location === world.location)
  const unseen = receptacles
    .map((_, index) => index)
    .filter(index => receptacles[index]!.location >= 0 && !world.shown[index])
    .sort((a, b) => isHere(b) - isHere(a) || chance(b) - chance(a))
  const walk: Walk = { location: world.location, opened: new Set(), steps: [] }
  for (const index of unseen) {
    const wasHere = walk.location === receptacles[index]!.location
    go(world, walk, index, -1, 'search')
    if (receptacles[index]!.openable && !world.opened[index]) open(world, walk, index, -1, 'search')
    else if (wasHere) walk.steps.push(intent(world, 'examine', 'search', -1, index))
  }
  return walk.steps
}

function intent(world: World, verb: Intent['verb'], purpose: Purpose, object: number, receptacle: number): Intent {
  return { purpose, verb, object, receptacle, command: commandOf(world, verb, object, receptacle) }
}

function commandOf(world: World, verb: Intent['verb'], object: number, receptacle: number): string {
  const thing = world.game.objects[object]?.name ?? ''
  const place = world.game.receptacles[receptacle]!.name
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
      return world.profile === '2.1.1' ? `put ${thing} in/on ${place}` : `move ${thing} to ${place}`
    case 'use':
      return `use ${thing}`
    case 'treat':
      return `${TREATMENTS[world.game.goal.kind as TreatedKind].verb} ${thing} with ${place}`
  }
}
