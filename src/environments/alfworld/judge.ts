/**
 * Judges each step of an ALFWorld episode, given only what the episode has shown.
 * @module
 */
import type { Misstep, Outcome, StepJudge } from '../../core/environment.ts'
import { firstMove } from './expert.ts'
import { type Plan, plan } from './plan.ts'
import type { World } from './world.ts'

/** What the judge remembers of the moment before a step. */
interface Before {
  plan: Plan
  held: number
  shown: Uint8Array
  location: number
}

/**
 * A judge of the steps made in `world`, from this moment on. A step is right when it is accepted and makes the
 * plan over what was seen shorter: one step less to do, a needed thing found, or one place less to search.
 *
 * @example
 * const judge = createJudge(world)
 * const outcome = world.step('inventory')
 * await judge.judge({ thought: '', action: 'inventory' }, outcome) // { kind: 'idle', reflection: …, correction: … }
 */
export function createJudge(world: World): StepJudge {
  let before = remember(world)
  return {
    async judge(_move, outcome) {
      const was = before
      before = remember(world)
      if (outcome.won || (outcome.accepted && before.plan.cost < was.plan.cost)) return undefined
      const correction = firstMove(world, before.plan)
      return { ...describe(world, was, outcome), ...(correction && { correction }) }
    },
    observe() {
      before = remember(world)
    },
  }
}

function remember(world: World): Before {
  return { plan: plan(world, 'seen'), held: world.held, shown: world.shown.slice(), location: world.location }
}

/** The kind of the error and the reflection on it. */
function describe(world: World, was: Before, outcome: Outcome): Omit<Misstep, 'correction'> {
  if (!outcome.accepted) {
    return { kind: 'rejected', reflection: `That did not work. ${inFirstPerson(outcome.reason ?? '')}`.trim() }
  }
  const { game } = world
  const name = (object: number) => game.objects[object]?.name ?? ''
  const place = (receptacle: number) => game.receptacles[receptacle]?.name ?? ''
  const planned = was.plan.next
  if (world.held !== was.held) {
    if (world.held < 0) {
      const isWanted = game.objects[was.held]!.type === game.goal.object
      const reflection = isWanted
        ? `I should not leave ${name(was.held)} there yet.`
        : `That put ${name(was.held)} in the wrong place.`
      return { kind: 'undid-progress', reflection }
    }
    const isWanted = game.objects[world.held]!.type === game.goal.object
    const reflection = isWanted
      ? `${name(world.held)} was in the right place already.`
      : 'That is not what I was asked for.'
    return { kind: isWanted ? 'undid-progress' : 'wrong-object', reflection }
  }
  if (world.location !== was.location) {
    if (planned?.verb === 'take' || planned?.verb === 'use') {
      return { kind: 'left-without', reflection: `I left ${name(planned.object)} behind.` }
    }
    if (planned?.verb === 'open' || planned?.verb === 'examine') {
      return { kind: 'left-unsearched', reflection: `I left without a look into ${place(planned.receptacle)}.` }
    }
    const arrived = world.here()[0]
    const searching = planned?.purpose === 'search'
    if (searching && arrived !== undefined && was.shown[arrived]) {
      return { kind: 'searched-again', reflection: `I already looked at ${place(arrived)}.` }
    }
    if (planned && was.held >= 0)
      return { kind: 'detour', reflection: `I have ${name(was.held)} already. This is not the way.` }
    return { kind: 'detour', reflection: 'There is nothing to do for me here.' }
  }
  return { kind: 'idle', reflection: 'That did not help.' }
}

/** The engine speaks to the player; a reflection is the player's own. */
function inFirstPerson(reason: string): string {
  return reason
    .replace(/\byou are\b/gi, 'I am')
    .replace(/\byou\b/gi, 'I')
    .replace(/^Your\b/, 'My')
    .replace(/\byour\b/g, 'my')
}
