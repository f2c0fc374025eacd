/**
 * The expert of ALFWorld games: the first step of the plan, with a thought that says why.
 * @module
 */
import type { Move, Sight } from '../../core/environment.ts'
import { createRandom } from '../../core/random.ts'
import { type Intent, type Plan, plan, TREATMENTS } from './plan.ts'
import type { World } from './world.ts'

/**
 * What the expert does next: with sight `seen` it knows only what the episode has shown and searches likely
 * places first; with `everything` it walks the shortest way. `undefined` when nothing is left to try.
 *
 * @example
 * expertMove(world, 'seen') // { thought: 'I need a mug. I look at countertop 1.', action: 'go to countertop 1' }
 */
export function expertMove(world: World, sight: Sight): Move | undefined {
  const found = plan(world, sight)
  return found.next && { thought: thoughtOf(world, found, found.next), action: found.next.command }
}

/** The words for a step of the plan: short, and different from game to game. */
export function thoughtOf(world: World, found: Plan, next: Intent): string {
  const { game } = world
  const thing = game.objects[next.object]?.name ?? ''
  const place = game.receptacles[next.receptacle]!.name
  const random = createRandom(game.id, next.command)
  const treatment = TREATMENTS[game.goal.kind as keyof typeof TREATMENTS]
  const say = (...ways: string[]) => random.pick(ways)
  switch (next.verb) {
    case 'open':
      return say(`${place} is closed. I open it.`, `I open ${place}.`)
    case 'examine':
      return say(`I am at ${place}. I look at it.`, `I look at ${place} here.`)
    case 'take':
      return say(`I see ${thing} here. I take it.`, `Here is ${thing}. I take it.`)
    case 'treat':
      return say(`I am at ${place}. I ${treatment.verb} ${thing}.`, `Now I ${treatment.verb} ${thing}.`)
    case 'use':
      return say(`I see ${thing} here. I turn it on.`, `Here is ${thing}. I use it.`)
    case 'put':
      if (next.purpose === 'free-hands') return `I do not need ${thing}. I put it down.`
      return say(`I am at ${place}. I put ${thing} there.`, `Now I put ${thing} to ${place}.`)
  }
  switch (next.purpose) {
    case 'search': {
      const missing = found.missing[0]!
      return say(`I do not see a ${missing}. I go to ${place}.`, `No ${missing} yet. I look at ${place}.`)
    }
    case 'fetch':
      return say(`I saw ${thing} at ${place}. I go there.`, `${thing} is at ${place}. I go back for it.`)
    case 'treat':
      return say(
        `I have ${thing}. I ${treatment.verb} it at ${place}.`,
        `I hold ${thing}. Next I ${treatment.verb} it at ${place}.`,
      )
    case 'light':
      return say(`I have ${thing}. The light is at ${place}.`, `I take it to the light at ${place}.`)
    case 'free-hands':
      return `I do not need ${thing}. I go to ${place} to put it down.`
    default:
      return say(`I have ${thing}. It belongs to ${place}.`, `I bring ${thing} to ${place}.`)
  }
}
