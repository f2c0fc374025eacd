/**
 * When a game is won.
 * @module
 */
import { holdersHere, type WorldState } from './state.ts'

/** Whether the state fulfils the goal; the order in which its parts were reached does not matter. */
export function isWon(state: WorldState): boolean {
  const { lookup, game } = state
  switch (game.kind) {
    case 'look_at_obj_in_light':
      if (state.held < 0 || game.objects[state.held]!.type !== game.goal.object) return false
      return lookup.goalLamps.some(lamp => state.toggled[lamp] === 1 && holdersHere(state, lamp).length > 0)
    case 'pick_and_place_simple':
      return lookup.goalReceptacles.some(receptacle => countIn(state, receptacle) > 0)
    case 'pick_two_obj_and_place':
      return lookup.goalReceptacles.some(receptacle => countIn(state, receptacle) > 1)
    case 'pick_clean_then_place_in_recep':
      return treated(state, thing => state.clean[thing] === 1 && game.objects[thing]!.cleanable)
    case 'pick_heat_then_place_in_recep':
      return treated(state, thing => state.hot[thing] === 1 && game.objects[thing]!.heatable)
    case 'pick_cool_then_place_in_recep':
      return treated(state, thing => state.cool[thing] === 1 && game.objects[thing]!.coolable)
  }
}

function countIn(state: WorldState, receptacle: number): number {
  const wanted = state.game.goal.object
  let count = 0
  for (const thing of state.contents[receptacle]!) if (state.game.objects[thing]!.type === wanted) count++
  return count
}

function treated(state: WorldState, isDone: (thing: number) => boolean): boolean {
  return state.lookup.goalObjects.some(
    thing =>
      isDone(thing) && state.lookup.goalReceptacles.some(receptacle => state.contents[receptacle]!.includes(thing)),
  )
}
