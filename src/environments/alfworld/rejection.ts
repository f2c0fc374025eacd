/**
 * Why nothing happened, in words for people, teachers and reports.
 * @module
 */
import type { Command } from './command.ts'
import { ABILITY, APPLIANCES, isAccessible, isHere, mayHold, type Treatment, type WorldState } from './state.ts'

/**
 * One sentence on why a command was not accepted. It tells nothing that the player could not see or know:
 * a thing that does not exist is not told from one that is elsewhere.
 */
export function explainRejection(state: WorldState, command: Command | undefined): string {
  if (!command) return 'This is not a command.'
  const { verb, first, second } = command
  switch (verb) {
    case 'go to':
      return explainGoTo(state, first)
    case 'open':
    case 'close':
      return explainOpenOrClose(state, verb, first)
    case 'examine':
      if (state.lookup.receptacles.has(first)) return notAt(state, first)
      return `The ${first} is neither held nor a receptacle here.`
    case 'use':
      return `There is no ${first} here that can be turned on.`
    case 'take':
      return explainTake(state, first, second)
    case 'slice':
      return notHeld(state, second) ?? `The ${first} cannot be sliced here with the ${second}.`
    case 'clean':
    case 'heat':
    case 'cool':
      return explainTreat(state, verb, first, second)
    default:
      return explainPut(state, first, second)
  }
}

function explainGoTo(state: WorldState, name: string): string {
  const receptacle = state.lookup.receptacles.get(name)
  if (receptacle === undefined) return notAt(state, name)
  if (!isHere(state, receptacle)) return `There is no way to the ${name}.`
  const alone = state.lookup.at[state.location]!.length === 1
  return alone ? `You are already at the ${name}.` : `The ${name} is within reach already: it shares this location.`
}

function explainOpenOrClose(state: WorldState, verb: 'open' | 'close', name: string): string {
  const receptacle = state.lookup.receptacles.get(name)
  if (receptacle === undefined || !isHere(state, receptacle)) return notAt(state, name)
  if (!state.game.receptacles[receptacle]!.openable) return `The ${name} cannot be opened or closed.`
  return `The ${name} is ${verb === 'open' ? 'open' : 'closed'} already.`
}

function explainTake(state: WorldState, thing: string, name: string): string {
  const receptacle = state.lookup.receptacles.get(name)
  if (receptacle === undefined || !isHere(state, receptacle)) return notAt(state, name)
  if (!isAccessible(state, receptacle)) return `The ${name} is closed.`
  const index = state.lookup.objects.get(thing)
  if (index !== undefined && index === state.held) return `You hold the ${thing} already.`
  if (index === undefined || !state.contents[receptacle]!.includes(index))
    return `There is no ${thing} in or on the ${name}.`
  if (!state.game.objects[index]!.pickupable) return `The ${thing} cannot be picked up.`
  return `Your hands are full: you hold the ${heldName(state)}.`
}

function explainPut(state: WorldState, thing: string, name: string): string {
  const missing = notHeld(state, thing)
  if (missing) return missing
  const receptacle = state.lookup.receptacles.get(name)
  if (receptacle === undefined || !isHere(state, receptacle)) return notAt(state, name)
  if (!isAccessible(state, receptacle)) return `The ${name} is closed.`
  return mayHold(state, receptacle, state.held) ? 'This cannot be done now.' : `The ${name} cannot hold the ${thing}.`
}

function explainTreat(state: WorldState, treatment: Treatment, thing: string, name: string): string {
  const missing = notHeld(state, thing)
  if (missing) return missing
  if (!state.game.objects[state.held]![ABILITY[treatment]]) return `The ${thing} is not ${ABILITY[treatment]}.`
  const receptacle = state.lookup.receptacles.get(name)
  if (receptacle === undefined || !isHere(state, receptacle)) return notAt(state, name)
  return `The ${name} cannot ${treatment} things: this needs a ${APPLIANCES[treatment]}.`
}

function notHeld(state: WorldState, thing: string): string | undefined {
  if (state.held >= 0 && heldName(state) === thing) return undefined
  return `You do not hold the ${thing}: ${state.held < 0 ? 'your hands are empty' : `you hold the ${heldName(state)}`}.`
}

const heldName = (state: WorldState) => state.game.objects[state.held]!.name

function notAt(state: WorldState, name: string): string {
  return state.lookup.receptacles.has(name)
    ? `You are not at the ${name}.`
    : `There is no receptacle called ${JSON.stringify(name)}.`
}
