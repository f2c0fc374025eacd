/**
 * The texts of the original that describe what is seen.
 * @module
 */
import type { Game, Thing } from './game.ts'
import type { Wording } from './profile.ts'
import { isAccessible, type WorldState } from './state.ts'

/** The text before the first step. */
export function describeOpening(game: Game, wording: Wording): string {
  const seen = listOf(
    game.receptacles.filter(receptacle => receptacle.location >= 0),
    'a ',
  )
  const room = `You are in the middle of a room. Looking quickly around you, you see ${seen}.`
  const task = describeTask(game)
  return wording.opening === 'short' ? `${room}\n${task}` : `-= Welcome to TextWorld, ALFRED! =-\n\n${room}\n\n${task}`
}

/** The task in the benchmark's words, such as `Your task is to: put a clean mug in coffeemachine.` */
export const describeTask = (game: Game) => `Your task is to: ${game.sentence}`

/** What is seen in or on a receptacle; marks it as shown when its contents are. */
export function describeReceptacle(state: WorldState, receptacle: number): string {
  const { name, openable } = state.game.receptacles[receptacle]!
  if (!isAccessible(state, receptacle)) return `The ${name} is closed.`
  state.shown[receptacle] = 1
  const contents = listOf(
    state.contents[receptacle]!.map(thing => state.game.objects[thing]!),
    'a ',
  )
  return openable ? `The ${name} is open. In it, you see ${contents}.` : `On the ${name}, you see ${contents}.`
}

/** What `look` says. */
export function describeSurroundings(state: WorldState): string {
  const here = state.lookup.at[state.location]!
  if (here.length === 0) return 'You are in the middle of a room. Looking quickly around you, you see nothing.'
  const facing = listOf(
    here.map(receptacle => state.game.receptacles[receptacle]!),
    '',
  )
  return `You are facing the ${facing}. Next to it, you see ${listOf(strayThings(state, here), 'a ')}.`
}

/** What `inventory` says. */
export const describeInventory = (state: WorldState) =>
  state.held < 0 ? 'You are not carrying anything.' : `You are carrying: a ${state.game.objects[state.held]!.name}.`

/** What `examine` says of the held object. */
export function describeThing(state: WorldState, index: number): string {
  const thing = state.game.objects[index]!
  if (thing.isReceptacle) {
    const inside = thing.inside.filter(other => other !== index).map(other => state.game.objects[other]!)
    return `This is a normal ${thing.name}. In it, you see ${listOf(inside, 'a ')}.`
  }
  const words = condition(state, index)
  if (words) return `This is a ${words} ${thing.name}.`
  if (thing.toggleable && state.toggled[index]) return `This ${thing.name} is on.`
  if (thing.sliceable && state.sliced[index]) return `This is a sliced ${thing.name}.`
  return `There's nothing special about ${thing.name}.`
}

/** The adjectives of an object, by the first rule of the original that fits; being sliced alone comes later there. */
function condition(state: WorldState, index: number): string {
  const clean = state.clean[index] === 1
  const warmth = state.hot[index] ? 'hot' : state.cool[index] ? 'cool' : ''
  if (state.sliced[index]) {
    if (clean) return warmth ? `${warmth} and clean sliced` : 'clean sliced'
    return warmth ? `${warmth} sliced` : ''
  }
  if (clean && warmth) return `${warmth} and clean`
  if (warmth) return warmth === 'cool' ? 'cold' : 'hot'
  return clean ? 'clean' : ''
}

/** What `look` finds beside the receptacles: an object once for each receptacle here that it was taken from. */
function strayThings(state: WorldState, here: readonly number[]): Thing[] {
  const { parted, game } = state
  if (!parted) return []
  return game.objects.flatMap((thing, index) => {
    if (!state.objectLocations[index]!.includes(state.location)) return []
    return here.filter(receptacle => parted.has(index * game.receptacles.length + receptacle)).map(() => thing)
  })
}

/** `nothing`, `a X`, `a X, and a Y`, `a X, a Y, and a Z`. */
function listOf(items: readonly { name: string }[], article: string): string {
  if (items.length === 0) return 'nothing'
  let text = article + items[0]!.name
  const last = items.length - 1
  for (let i = 1; i <= last; i++) text += (i === last ? ', and ' : ', ') + article + items[i]!.name
  return text
}
