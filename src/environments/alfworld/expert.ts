/**
 * The expert of ALFWorld games: the first step of the plan, with a thought that says why.
 * @module
 */
import type { Move, Sight } from '../../core/environment.ts'
import { createRandom } from '../../core/random.ts'
import { type Plan, plan } from './plan.ts'
import { type Intent, treatmentOf } from './walk.ts'
import type { World } from './world.ts'

/**
 * What the expert does next: with sight `seen` it knows only what the episode has shown and searches likely
 * places first; with `everything` it walks the shortest way. `undefined` when nothing is left to try.
 *
 * @example
 * expertMove(world, 'seen') // { thought: 'I do not see a mug. I go to countertop 1.', action: 'go to countertop 1' }
 */
export function expertMove(world: World, sight: Sight): Move | undefined {
  return firstMove(world, plan(world, sight))
}

/** The first step of a plan that was made for the world as it is now. */
export function firstMove(world: World, found: Plan): Move | undefined {
  if (!found.next) return undefined
  const { command } = found.next
  return { thought: `${remark(world, found, found.next)} ${announce(command)}`, action: command }
}

/**
 * A command in words, as the end of a thought.
 *
 * @example
 * announce('go to desk 1') // 'I go to desk 1.'
 */
export function announce(command: string): string {
  const words = command.replace(/^move /, 'put ').replace(/^use /, 'turn on ')
  return `I ${words}.`
}

/** Why a step of the plan is done: short, and not always in the same words. */
function remark(world: World, found: Plan, next: Intent): string {
  const { game } = world
  const thing = game.objects[next.object]?.name ?? ''
  const place = game.receptacles[next.receptacle]!.name
  const random = createRandom(game.id, next.command)
  const say = (...ways: string[]) => random.pick(ways)
  switch (next.verb) {
    case 'open':
      return `${place} is closed.`
    case 'examine':
      return `I am at ${place}.`
    case 'take':
    case 'use':
      return say(`I see ${thing} here.`, `Here is ${thing}.`)
    case 'treat':
      return say(`I have ${thing}.`, `I hold ${thing}.`)
  }
  if (next.purpose === 'search') {
    const missing = found.missing[0]!
    return say(`I do not see a ${missing}.`, `No ${missing} here.`)
  }
  if (next.purpose === 'fetch') return say(`I saw ${thing} at ${place}.`, `${thing} is at ${place}.`)
  if (next.purpose === 'free-hands') return `I do not need ${thing}.`
  const treatment = treatmentOf(game.goal.kind)
  const isTreated = treatment && next.object >= 0 && world[treatment.state][next.object] === 1
  if (next.purpose === 'deliver' && isTreated) return `${thing} is ${treatment.state}.`
  return say(`I have ${thing}.`, `I hold ${thing}.`)
}
