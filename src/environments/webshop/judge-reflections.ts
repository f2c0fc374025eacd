/**
 * What was wrong with a step in the shop, in the words of the one who made it.
 * @module
 */
import type { Misstep, Move, Outcome } from '../../core/environment.ts'
import { factsOn, flawOf, list } from './expert-remarks.ts'
import type { Intent } from './expert-route.ts'
import type { Moment } from './judge-moment.ts'
import { parseAction } from './parse-action.ts'

type Described = Omit<Misstep, 'correction'>

/** The kind of the error and the reflection on it. */
export function describeMisstep(move: Move, outcome: Outcome, before: Moment, now: Moment): Described {
  if (!outcome.accepted) {
    return { kind: 'rejected', reflection: `That did not work. ${inFirstPerson(outcome.reason ?? '')}`.trim() }
  }
  const planned = before.plan.good[0]
  const { session } = now
  switch (session.view) {
    case 'done':
      return onPurchase(before, planned)
    case 'results':
      if (parseAction(move.action).name === 'search') return onSearch(before, now, planned)
      return left(planned) ?? onResults(before, now)
    case 'start':
      return left(planned) ?? { kind: 'idle', reflection: 'That did not help. I left the results.' }
    case 'item':
      return onItem(before, now, planned)
    default:
      return { kind: 'idle', reflection: `I did not need the ${session.view.toLowerCase()}.` }
  }
}

function onPurchase(before: Moment, planned: Intent | undefined): Described {
  const { session, plan } = before
  const facts = factsOn(session, plan.facts)
  const asin = session.asin ?? ''
  if (facts?.price === 'above') return { kind: 'too-dear', reflection: `I bought it. ${flawOf(facts, plan.wish)}` }
  if (planned?.purpose === 'choose') {
    const chosen = new Set(session.options.values())
    const open = planned.target!.choices.filter(({ values }) => !values.some(each => chosen.has(each)))
    const missing = open.flatMap(({ values }) => values.slice(0, 1))
    return { kind: 'bought-too-early', reflection: `I bought ${asin} before I chose ${list(missing)}.` }
  }
  if (planned?.purpose === 'read') {
    return {
      kind: 'bought-too-early',
      reflection: `I bought ${asin} and did not look for ${list(planned.target!.unread)}.`,
    }
  }
  const flaw = facts && flawOf(facts, plan.wish)
  return { kind: 'wrong-product', reflection: `I should not have bought ${asin}. ${flaw ?? ''}`.trim() }
}

function onSearch(before: Moment, now: Moment, planned: Intent | undefined): Described {
  if (before.plan.knowledge.searches.has(now.session.query)) {
    return { kind: 'searched-again', reflection: 'I have searched for that before.' }
  }
  const { hits } = now.session
  if (hits.length === 0) return { kind: 'useless-search', reflection: 'That search found nothing.' }
  return left(planned) ?? { kind: 'useless-search', reflection: 'That search found nothing that fits.' }
}

/** The student has gone away from what the plan was about. */
function left(planned: Intent | undefined): Described | undefined {
  const { asin } = planned?.target?.product ?? {}
  if (!planned || asin === undefined) return undefined
  switch (planned.purpose) {
    case 'open':
      return { kind: 'left-unopened', reflection: `I did not look at ${asin}.` }
    case 'read':
      return { kind: 'left-unread', reflection: `I did not read the features of ${asin}.` }
    case 'choose':
    case 'buy':
    case 'return':
      return { kind: 'left-without', reflection: `I left ${asin} without buying it.` }
    default:
      return undefined
  }
}

function onResults(before: Moment, now: Moment): Described {
  const seen = before.plan.knowledge.searches.get(now.session.query)
  if (seen?.has(now.session.page)) return { kind: 'searched-again', reflection: 'I have seen this page before.' }
  return { kind: 'detour', reflection: 'This page does not help.' }
}

function onItem(before: Moment, now: Moment, planned: Intent | undefined): Described {
  const { session, plan } = now
  const facts = factsOn(session, plan.facts)
  const asin = session.asin ?? ''
  if (before.session.asin !== asin) {
    // What its own page shows was not to be known before it was opened.
    const known = before.plan.facts.find(({ known }) => known.product.asin === asin)
    const flaw = known && flawOf(known, plan.wish)
    if (known?.price === 'above') return { kind: 'too-dear', reflection: flaw! }
    if (known?.known.isOpened) return { kind: 'opened-again', reflection: `I have looked at ${asin} before.` }
    return { kind: 'wrong-product', reflection: flaw ?? `${asin} is not the best one here.` }
  }
  if (session.options !== before.session.options) {
    const value = [...session.options].find(([name, each]) => before.session.options.get(name) !== each)?.[1]
    if (value === undefined) return { kind: 'idle', reflection: 'I have chosen that before.' }
    const wanted = facts?.choices.flatMap(({ values }) => values) ?? []
    if (!wanted.includes(value)) return { kind: 'wrong-option', reflection: `I did not want ${value}.` }
    return { kind: 'wrong-product', reflection: flawOf(facts, plan.wish) ?? `${asin} is not the best one.` }
  }
  return left(planned) ?? { kind: 'idle', reflection: 'That did not help.' }
}

/** The engine speaks to the customer; a reflection is the customer's own. */
function inFirstPerson(reason: string): string {
  return reason.replace(/\byou\b/gi, 'I')
}
