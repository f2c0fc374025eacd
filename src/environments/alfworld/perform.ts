/**
 * The commands: when each is valid, what it changes and what it says.
 * @module
 */
import type { Command } from './command.ts'
import { describeInventory, describeReceptacle, describeSurroundings, describeThing } from './descriptions.ts'
import { HELP } from './profile.ts'
import {
  ABILITY,
  APPLIANCES,
  holdersHere,
  isAccessible,
  isHere,
  liesHere,
  mayHold,
  type Treatment,
  type WorldState,
  withIndex,
} from './state.ts'

/** Does a command and returns what it says; `undefined`, with nothing changed, where it is not valid now. */
export function perform(state: WorldState, command: Command): string | undefined {
  const { receptacles, objects } = state.lookup
  switch (command.verb) {
    case 'look':
      return describeSurroundings(state)
    case 'inventory':
      return describeInventory(state)
    case 'help':
      return HELP
    case 'go to':
      return goTo(state, receptacles.get(command.first))
    case 'open':
      return open(state, receptacles.get(command.first))
    case 'close':
      return close(state, receptacles.get(command.first))
    case 'examine':
      return examine(state, receptacles.get(command.first), objects.get(command.first))
    case 'use':
      return use(state, objects.get(command.first))
    case 'take':
      return take(state, objects.get(command.first), receptacles.get(command.second))
    case 'slice':
      return slice(state, objects.get(command.first), objects.get(command.second))
    case 'clean':
    case 'heat':
    case 'cool':
      return treat(state, command.verb, objects.get(command.first), receptacles.get(command.second))
    default:
      return put(state, objects.get(command.first), receptacles.get(command.second))
  }
}

type Index = number | undefined

const receptacleName = (state: WorldState, index: number) => state.game.receptacles[index]!.name
const thingName = (state: WorldState, index: number) => state.game.objects[index]!.name

function goTo(state: WorldState, receptacle: Index): string | undefined {
  if (receptacle === undefined || isHere(state, receptacle)) return undefined
  const { location, name } = state.game.receptacles[receptacle]!
  if (location < 0) return undefined
  state.location = location
  state.moved = true
  const { arrival } = state.wording
  if (arrival === 'nothing') return describeReceptacle(state, receptacle)
  const place = arrival === 'receptacle' ? name : `loc ${state.game.locationNumbers[location]}`
  return `You arrive at ${place}. ${describeReceptacle(state, receptacle)}`
}

function open(state: WorldState, receptacle: Index): string | undefined {
  if (receptacle === undefined || !isHere(state, receptacle) || isAccessible(state, receptacle)) return undefined
  state.opened[receptacle] = 1
  return `You open the ${receptacleName(state, receptacle)}. ${describeReceptacle(state, receptacle)}`
}

function close(state: WorldState, receptacle: Index): string | undefined {
  if (receptacle === undefined || !isHere(state, receptacle)) return undefined
  if (!state.game.receptacles[receptacle]!.openable || state.opened[receptacle] === 0) return undefined
  state.opened[receptacle] = 0
  return `You close the ${receptacleName(state, receptacle)}.`
}

function examine(state: WorldState, receptacle: Index, thing: Index): string | undefined {
  if (receptacle !== undefined) return isHere(state, receptacle) ? describeReceptacle(state, receptacle) : undefined
  // The original's domain means to allow any visible object; a slip in it leaves the held one only.
  return thing !== undefined && thing === state.held ? describeThing(state, thing) : undefined
}

function use(state: WorldState, thing: Index): string | undefined {
  if (thing === undefined || !state.game.objects[thing]!.toggleable) return undefined
  if (holdersHere(state, thing).length === 0) return undefined
  state.toggled[thing] = 1
  return `You turn on the ${thingName(state, thing)}.`
}

function take(state: WorldState, thing: Index, receptacle: Index): string | undefined {
  if (thing === undefined || receptacle === undefined || state.held >= 0) return undefined
  if (!state.game.objects[thing]!.pickupable || !state.contents[receptacle]!.includes(thing)) return undefined
  if (!isHere(state, receptacle) || !isAccessible(state, receptacle)) return undefined
  state.held = thing
  state.contents[receptacle] = state.contents[receptacle]!.filter(other => other !== thing)
  state.objectLocations[thing] = state.objectLocations[thing]!.filter(place => place !== state.location)
  state.parted ??= new Set()
  state.parted.add(thing * state.game.receptacles.length + receptacle)
  return `You pick up the ${thingName(state, thing)} from the ${receptacleName(state, receptacle)}.`
}

function put(state: WorldState, thing: Index, receptacle: Index): string | undefined {
  if (thing === undefined || receptacle === undefined || state.held !== thing) return undefined
  if (!isHere(state, receptacle) || !isAccessible(state, receptacle)) return undefined
  if (!mayHold(state, receptacle, thing)) return undefined
  state.held = -1
  state.contents[receptacle] = withIndex(state.contents[receptacle]!, thing)
  state.objectLocations[thing] = withIndex(state.objectLocations[thing]!, state.location)
  state.parted?.delete(thing * state.game.receptacles.length + receptacle)
  const { put: verb, joint } = state.wording
  return `You ${verb} the ${thingName(state, thing)}${joint}the ${receptacleName(state, receptacle)}.`
}

function treat(state: WorldState, treatment: Treatment, thing: Index, receptacle: Index): string | undefined {
  if (thing === undefined || receptacle === undefined || state.held !== thing) return undefined
  if (!state.game.objects[thing]![ABILITY[treatment]] || !isHere(state, receptacle)) return undefined
  if (state.game.receptacles[receptacle]!.type !== APPLIANCES[treatment]) return undefined
  if (treatment === 'clean') state.clean[thing] = 1
  else {
    state.hot[thing] = treatment === 'heat' ? 1 : 0
    state.cool[thing] = treatment === 'cool' ? 1 : 0
  }
  return `You ${treatment} the ${thingName(state, thing)} using the ${receptacleName(state, receptacle)}.`
}

function slice(state: WorldState, thing: Index, knife: Index): string | undefined {
  if (thing === undefined || knife === undefined || state.held !== knife) return undefined
  const { type } = state.game.objects[knife]!
  if (type !== 'knife' && type !== 'butterknife') return undefined
  if (!state.game.objects[thing]!.sliceable || !liesHere(state, thing)) return undefined
  state.sliced[thing] = 1
  return `You sliced the ${thingName(state, thing)} with the ${thingName(state, knife)}.`
}
