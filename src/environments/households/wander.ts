/**
 * Aimless play in households, with a running commentary on what is seen: the text that the base student is
 * pre-trained on, as a stand-in for a language model's pre-training. It pursues no task, asks no expert, and
 * never comments on what failed.
 * @module
 */
import type { Random } from '../../core/random.ts'
import type { Step } from '../../core/trajectory.ts'
import { createWorld } from '../alfworld/create-world.ts'
import { announce } from '../alfworld/expert.ts'
import type { Game } from '../alfworld/game.ts'
import type { World } from '../alfworld/world.ts'
import { CAN_CONTAIN } from './things.ts'

const THINGS = [...new Set([...CAN_CONTAIN].map(pair => pair.split(' ')[1]!))]

/** Share of steps whose command is made up from names and often not accepted. */
const MADE_UP = 0.15

/**
 * Wanders through a game for a number of steps (or until it wins by chance).
 *
 * @example
 * wander(game, createRandom('walk', 1), 20)[0] // { thought: 'I do not see a mug here. I go to shelf 2.', action: 'go to shelf 2', … }
 */
export function wander(game: Game, random: Random, length: number): Step[] {
  const world = createWorld(game)
  const steps: Step[] = []
  /** What was seen last at each place that was looked at. */
  const memory = new Map<string, string[]>()
  let here = ''
  while (steps.length < length && !world.won) {
    const action = random.chance(MADE_UP) ? madeUpCommand(world, random) : possibleCommand(world, random)
    const thought = `${comment(world, here, memory, random)} ${announce(action)}`
    const outcome = world.step(action)
    steps.push({
      thought,
      action,
      observation: outcome.observation,
      reward: outcome.reward,
      done: outcome.done,
      accepted: outcome.accepted,
      by: 'student',
    })
    if (!outcome.accepted) continue
    const place = /^(?:go to|open|examine) (.+)$/.exec(action)?.[1]
    if (place && world.here().some(index => game.receptacles[index]!.name === place)) here = place
    const list = /you see (.+)\.$/.exec(outcome.observation)?.[1]
    if (place && list)
      memory.set(here, list === 'nothing' ? [] : [...list.matchAll(/\ba (\w+ \d+)/g)].map(match => match[1]!))
    const moved = /^(?:take|move) (\w+ \d+) (?:from|to) (.+)$/.exec(action)
    if (moved) {
      const others = (memory.get(moved[2]!) ?? []).filter(thing => thing !== moved[1])
      memory.set(moved[2]!, action.startsWith('take') ? others : [...others, moved[1]!])
    }
  }
  return steps
}

/** A true remark on the room, on where the walker was, or on what is here, is not here, or was seen elsewhere. */
function comment(world: World, here: string, memory: Map<string, string[]>, random: Random): string {
  const { goal, receptacles, objects } = world.game
  const seen = memory.get(here)
  const wondered = random.chance(0.6) ? goal.object : random.pick(THINGS)
  const isWondered = (thing: string) => thing.startsWith(`${wondered} `)
  const held = world.held >= 0 ? objects[world.held]!.name : undefined
  if (held && random.chance(0.4)) return random.pick([`I have ${held}.`, `I hold ${held}.`])
  if (random.chance(0.2)) {
    const likely = receptacles.filter(({ type }) => type === goal.receptacle)
    const { name } = random.pick(likely.length > 0 && random.chance(0.6) ? likely : receptacles)
    if (random.chance(0.4)) return `There is a ${name}.`
    return memory.has(name) ? `I looked at ${name}.` : `I did not look at ${name} yet.`
  }
  if (here && seen === undefined && random.chance(0.5)) return `${here} is closed.`
  const matching = (seen ?? []).filter(isWondered)
  const elsewhere = [...memory].flatMap(([place, things]) =>
    place === here ? [] : things.filter(isWondered).map(thing => [thing, place] as const),
  )
  if (matching.length > 0)
    return random.pick([`I see ${random.pick(matching)} here.`, `Here is ${random.pick(matching)}.`])
  if (elsewhere.length > 0 && random.chance(0.7)) {
    const [thing, place] = random.pick(elsewhere)
    return random.pick([`I saw ${thing} at ${place}.`, `${thing} is at ${place}.`])
  }
  if (seen && seen.length > 0 && random.chance(0.25)) {
    return random.pick([`I see ${random.pick(seen)} here.`, `Here is ${random.pick(seen)}.`])
  }
  return random.pick([`I do not see a ${wondered}.`, `No ${wondered} here.`])
}

/** One of the valid commands: first the verb, then what it is about, so that going places does not crowd out the rest. */
function possibleCommand(world: World, random: Random): string {
  const byVerb = new Map<string, string[]>()
  for (const command of world.admissible()) {
    const verb = command.split(' ')[0]!
    if (verb !== 'help') byVerb.set(verb, [...(byVerb.get(verb) ?? []), command])
  }
  // Looking around and going on are what makes a walk; the rest shares what is left.
  const verbs = [...byVerb.keys()].filter(verb => (verb !== 'look' && verb !== 'inventory') || random.chance(0.2))
  const verb = byVerb.has('open') && random.chance(0.5) ? 'open' : random.chance(0.45) ? 'go' : random.pick(verbs)
  return random.pick(byVerb.get(verb) ?? byVerb.get('go') ?? ['look'])
}

function madeUpCommand(world: World, random: Random): string {
  const place = random.pick(world.game.receptacles).name
  const thing = world.game.objects.length > 0 ? random.pick(world.game.objects).name : 'mug 1'
  return random.pick([
    `take ${thing} from ${place}`,
    `move ${thing} to ${place}`,
    `open ${place}`,
    `close ${place}`,
    `examine ${place}`,
    `clean ${thing} with ${place}`,
    `heat ${thing} with ${place}`,
    `cool ${thing} with ${place}`,
    `use ${thing}`,
  ])
}
