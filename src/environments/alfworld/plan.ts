/**
 * What is left to do in a game, for one who knows only what was shown, or everything.
 * The expert plays the first step of the plan; the judge asks whether a step made the plan shorter.
 * @module
 */
import type { Sight } from '../../core/environment.ts'
import { likelihood } from './rooms.ts'
import { deliver, fetch, go, type Intent, intent, isTreated, open, startWalk, type Walk } from './walk.ts'
import type { World } from './world.ts'

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
  const { goal, objects } = world.game
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
        if (!world.toggled[lamp.object]) walk.steps.push(intent(world, 'use', 'light', lamp.object, lamp.place))
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
