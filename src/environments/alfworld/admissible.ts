/**
 * The commands that are valid in a state.
 * @module
 */
import type { Lookup } from './lookup.ts'
import { ABILITY, APPLIANCES, isAccessible, liesHere, mayHold, type Treatment, type WorldState } from './state.ts'

/**
 * All valid commands in code-point order. They are gathered verb by verb in the verbs' alphabetical order,
 * so that only the few names within a verb need sorting.
 */
export function admissibleCommands(state: WorldState): string[] {
  const { game, lookup, held, wording } = state
  const here = sortedHere(state)
  const commands: string[] = []
  const treat = (treatment: Treatment) => {
    if (held < 0 || !game.objects[held]![ABILITY[treatment]]) return
    for (const receptacle of here) {
      const { type, name } = game.receptacles[receptacle]!
      if (type === APPLIANCES[treatment]) commands.push(`${treatment} ${game.objects[held]!.name} with ${name}`)
    }
  }
  treat('clean')
  for (const index of here) {
    const { openable, name } = game.receptacles[index]!
    if (openable && state.opened[index] === 1) commands.push(`close ${name}`)
  }
  treat('cool')
  pushExamine(state, here, commands)
  for (const command of goToCommands(lookup, state.location)) commands.push(command)
  treat('heat')
  if (wording.help) commands.push('help')
  commands.push('inventory', 'look')
  if (wording.put === 'move') pushPut(state, here, commands)
  for (const index of here) if (!isAccessible(state, index)) commands.push(`open ${game.receptacles[index]!.name}`)
  if (wording.put === 'put') pushPut(state, here, commands)
  pushSlice(state, commands)
  if (held < 0) pushTake(state, here, commands)
  pushUse(state, here, commands)
  return commands
}

function sortedHere(state: WorldState): readonly number[] {
  const here = state.lookup.at[state.location]!
  const rank = state.lookup.receptacleRank
  return here.length < 2 ? here : [...here].sort((a, b) => rank[a]! - rank[b]!)
}

function pushExamine(state: WorldState, here: readonly number[], commands: string[]): void {
  const names = here.map(index => state.game.receptacles[index]!.name)
  if (state.held >= 0) {
    names.push(state.game.objects[state.held]!.name)
    names.sort()
  }
  for (const name of names) commands.push(`examine ${name}`)
}

function goToCommands(lookup: Lookup, location: number): string[] {
  const known = lookup.goToFrom[location]
  if (known) return known
  const here = lookup.at[location]!
  const commands = lookup.goTo.filter((_, index) => !here.includes(lookup.goToTarget[index]!))
  lookup.goToFrom[location] = commands
  return commands
}

function pushPut(state: WorldState, here: readonly number[], commands: string[]): void {
  if (state.held < 0) return
  const { put, joint } = state.wording
  for (const index of here) {
    if (!isAccessible(state, index) || !mayHold(state, index, state.held)) continue
    commands.push(`${put} ${state.game.objects[state.held]!.name}${joint}${state.game.receptacles[index]!.name}`)
  }
}

function pushSlice(state: WorldState, commands: string[]): void {
  if (state.held < 0) return
  const { objects } = state.game
  const { type, name } = objects[state.held]!
  if (type !== 'knife' && type !== 'butterknife') return
  const sliceable = objects.flatMap((thing, index) => (thing.sliceable && liesHere(state, index) ? [thing.name] : []))
  for (const thing of sliceable.sort()) commands.push(`slice ${thing} with ${name}`)
}

function pushTake(state: WorldState, here: readonly number[], commands: string[]): void {
  const { game, lookup } = state
  const { receptacleRank, objectRank } = lookup
  const pairs: number[] = []
  const width = game.objects.length
  for (const receptacle of here) {
    if (!isAccessible(state, receptacle)) continue
    for (const thing of state.contents[receptacle]!) {
      if (game.objects[thing]!.pickupable) pairs.push(receptacle * width + thing)
    }
  }
  const key = (pair: number) => objectRank[pair % width]! * receptacleRank.length + receptacleRank[(pair / width) | 0]!
  pairs.sort((a, b) => key(a) - key(b))
  for (const pair of pairs) commands.push(takeCommand(state, pair, width))
}

function takeCommand(state: WorldState, pair: number, width: number): string {
  const { game, lookup } = state
  const known = lookup.take.get(pair)
  if (known !== undefined) return known
  const command = `take ${game.objects[pair % width]!.name} from ${game.receptacles[(pair / width) | 0]!.name}`
  lookup.take.set(pair, command)
  return command
}

function pushUse(state: WorldState, here: readonly number[], commands: string[]): void {
  const names: string[] = []
  for (const receptacle of here) {
    for (const thing of state.contents[receptacle]!) {
      const { toggleable, name } = state.game.objects[thing]!
      if (toggleable && !names.includes(name)) names.push(name)
    }
  }
  if (names.length > 1) names.sort()
  for (const name of names) commands.push(`use ${name}`)
}
