/**
 * Makes up household games: a layout, things that lie where they tend to lie, and a goal that can be reached.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { createRandom, type Random } from '../../core/random.ts'
import { buildGame } from '../alfworld/build-game.ts'
import { type Fact, type Game, type Goal, TASK_KINDS, type TaskKind } from '../alfworld/game.ts'
import { ROOM_KINDS, ROOMS, type RoomKind } from '../alfworld/rooms.ts'
import { treatmentOf } from '../alfworld/walk.ts'
import { type Layout, type LayoutGroups, placeId } from './layout.ts'
import { abilitiesOf, CAN_CONTAIN } from './things.ts'

/** A thing lying somewhere; `at` is an index of `layout.fixtures`. */
interface Placed {
  id: string
  type: string
  at: number
}

/** Where each kind of task is set; treated food needs a kitchen, a lamp a desk or the like. */
const ROOMS_OF_KIND: Readonly<Record<TaskKind, readonly RoomKind[]>> = {
  pick_and_place_simple: ['kitchen', 'livingroom', 'bedroom', 'bathroom'],
  look_at_obj_in_light: ['livingroom', 'bedroom'],
  pick_clean_then_place_in_recep: ['kitchen', 'kitchen', 'bathroom'],
  pick_heat_then_place_in_recep: ['kitchen'],
  pick_cool_then_place_in_recep: ['kitchen'],
  pick_two_obj_and_place: ['kitchen', 'livingroom', 'bedroom', 'bathroom'],
}

/** Share of the benchmark's number of things; fewer make shorter texts. */
const CLUTTER = 0.6
/** Most things that lie in one place before the wanted ones are added. */
const MOST_TOGETHER = 5

/** What furniture holds, by room and type. */
const HOLDS = new Map(ROOM_KINDS.map(room => [room, new Map(ROOMS[room].map(({ type, holds }) => [type, holds]))]))

/** The kind of task of a game, without making the game. */
export function kindOf(split: string, index: number): TaskKind {
  return createRandom('household kind', split, index).pick(TASK_KINDS)
}

/**
 * The game number `index` of a split: always the same one.
 * It can be won: what is wanted is there, can be taken and treated, and fits where it belongs.
 *
 * @throws {MisstepError} when no such game comes up in 100 attempts
 */
export function generateGame(groups: LayoutGroups, split: string, index: number): Game {
  const kind = kindOf(split, index)
  const group = split === 'unseen' || split === 'dev' ? split : 'train'
  for (let attempt = 0; attempt < 100; attempt++) {
    const random = createRandom('household game', split, index, attempt)
    const layout = random.pick(groups[group][random.pick(ROOMS_OF_KIND[kind])])
    const game = tryGame(`${split}-${String(index).padStart(6, '0')}`, kind, layout, random)
    if (game) return game
  }
  throw new MisstepError('environment', 'No household came up that can be won', { value: { split, index } })
}

function tryGame(id: string, kind: TaskKind, layout: Layout, random: Random): Game | undefined {
  const goal = chooseGoal(kind, layout, random)
  if (!goal) return undefined
  const things = furnish(layout, goal, random)
  if (!things) return undefined
  return buildGame({
    id,
    goal,
    sentence: sentenceOf(goal, random),
    facts: factsOf(layout, things),
    canContain: CAN_CONTAIN,
  })
}

function chooseGoal(kind: TaskKind, layout: Layout, random: Random): Goal | undefined {
  const treatment = treatmentOf(kind)
  if (treatment && !layout.types.has(treatment.at)) return undefined
  const able = layout.things.filter(type => {
    const abilities = abilitiesOf(type)
    if (type === 'desklamp') return false
    if (treatment?.verb === 'clean') return abilities.cleanable
    if (treatment?.verb === 'heat') return abilities.heatable
    if (treatment?.verb === 'cool') return abilities.coolable
    return true
  })
  if (able.length === 0) return undefined
  const object = random.pick(able)
  if (kind === 'look_at_obj_in_light')
    return layout.things.includes('desklamp') ? { kind, object, lamp: 'desklamp' } : undefined
  const targets = [...layout.types].filter(type => CAN_CONTAIN.has(`${type} ${object}`) && type !== treatment?.at)
  return targets.length > 0 ? { kind, object, receptacle: random.pick(targets) } : undefined
}

/** Lays things out; the wanted ones lie where such things tend to lie, outside the wanted receptacles. */
function furnish(layout: Layout, goal: Goal, random: Random): Placed[] | undefined {
  const holds = HOLDS.get(layout.room)!
  const things: Placed[] = []
  layout.fixtures.forEach(({ type }, at) => {
    let together = 0
    for (const [thing, share] of random.shuffle([...holds.get(type)!])) {
      const isGoal = thing === goal.object || thing === goal.lamp
      if (isGoal || together >= MOST_TOGETHER || !random.chance(share * CLUTTER)) continue
      things.push({ id: placeId(thing, random), type: thing, at })
      together++
    }
  })
  const wanted = goal.kind === 'pick_two_obj_and_place' ? 2 : 1
  const spare = random.chance(0.3) ? 1 : 0
  for (let i = 0; i < wanted + spare; i++) {
    const at = placeFor(layout, goal.object, goal.receptacle, random)
    if (at === undefined) return undefined
    things.push({ id: placeId(goal.object, random), type: goal.object, at })
  }
  if (goal.lamp) {
    const at = placeFor(layout, goal.lamp, undefined, random)
    if (at === undefined) return undefined
    things.push({ id: placeId(goal.lamp, random), type: goal.lamp, at })
  }
  return things
}

/** A fixture drawn by how often such a thing lies there. */
function placeFor(layout: Layout, thing: string, except: string | undefined, random: Random): number | undefined {
  const holds = HOLDS.get(layout.room)!
  const weights = layout.fixtures.map(({ type }) => (type === except ? 0 : (holds.get(type)!.get(thing) ?? 0)))
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0)
  const at = weights.findIndex(weight => {
    left -= weight
    return weight > 0 && left < 0
  })
  return at < 0 ? undefined : at
}

function factsOf(layout: Layout, things: readonly Placed[]): Fact[] {
  const facts: Fact[] = [['atlocation', 'agent1', 'loc_bar_0']]
  layout.fixtures.forEach(({ id, type, openable }, index) => {
    facts.push(['receptacletype', id, `${type}type`], ['receptacleatlocation', id, `loc_bar_${index + 1}`])
    if (openable) facts.push(['openable', id])
  })
  for (const { id, type, at } of things) {
    facts.push(['objecttype', id, `${type}type`], ['inreceptacle', id, layout.fixtures[at]!.id])
    facts.push(['objectatlocation', id, `loc_bar_${at + 1}`])
    const abilities = abilitiesOf(type)
    if (!abilities.toggleable) facts.push(['pickupable', id])
    for (const [ability, has] of Object.entries(abilities)) if (has) facts.push([ability, id])
  }
  return facts
}

/** The benchmark's own two templates for each kind of task. */
function sentenceOf({ kind, object, receptacle, lamp }: Goal, random: Random): string {
  const first = random.chance(0.5)
  switch (kind) {
    case 'pick_and_place_simple':
      return first ? `put a ${object} in ${receptacle}.` : `put some ${object} on ${receptacle}.`
    case 'look_at_obj_in_light':
      return first ? `look at ${object} under the ${lamp}.` : `examine the ${object} with the ${lamp}.`
    case 'pick_two_obj_and_place':
      return first ? `put two ${object} in ${receptacle}.` : `find two ${object} and put them in ${receptacle}.`
    default: {
      const { verb, state } = treatmentOf(kind)!
      return first
        ? `put a ${state} ${object} in ${receptacle}.`
        : `${verb} some ${object} and put it in ${receptacle}.`
    }
  }
}
