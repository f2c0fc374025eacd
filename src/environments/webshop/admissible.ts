/**
 * The actions that the shop would accept now.
 * @module
 */
import { clickables } from './clickables.ts'
import { parseAction } from './parse-action.ts'
import type { Session } from './session.ts'
import type { Shop } from './shop.ts'

/**
 * A click on each name that an action can say, written as on the page, and on the start page a search for the instruction's own words. Words can
 * be searched on every page; there are too many to list.
 *
 * @example
 * admissibleActions(shop, session) // ['click[Back to Search]', 'click[Next >]', 'click[B09QCP4579]', …]
 */
export function admissibleActions(shop: Shop, session: Session): string[] {
  if (session.view === 'start') return [`search[${session.goal.instruction.replace(/[[\]\n]+/g, ' ')}]`]
  const actions: string[] = []
  for (const [name, { shown }] of clickables(shop, session)) {
    const action = `click[${shown}]`
    // Names with a bracket or a line end cannot be said; the original's cannot either.
    if (name !== 'search' && parseAction(action).argument === name) actions.push(action)
  }
  return actions
}
