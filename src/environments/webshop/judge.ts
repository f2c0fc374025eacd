/**
 * Judges each step of a visit to the shop, given only what its pages have shown.
 * @module
 */
import type { Misstep, Move, StepJudge } from '../../core/environment.ts'
import { firstMove, PATIENCE } from './expert.ts'
import { plan } from './expert-plan.ts'
import type { Purpose } from './expert-route.ts'
import { shareTold, wordsOf } from './expert-tells.ts'
import type { Moment } from './judge-moment.ts'
import { describeMisstep } from './judge-reflections.ts'
import { parseAction } from './parse-action.ts'
import type { ShopEpisode } from './shop-episode.ts'

/**
 * A judge of the steps made in an episode, from this moment on. A step is right when it is one of those that the plan
 * over what was seen calls good, a search that brings up something new that may be right, or a purchase of all that was
 * asked for.
 *
 * @param patience the steps within which something should be bought
 * @example
 * const judge = createJudge(episode)
 * const outcome = await episode.step('click[b417]')
 * await judge.judge({ thought: '', action: 'click[b417]' }, outcome) // { kind: 'too-dear', reflection: …, correction: … }
 */
export function createJudge(episode: ShopEpisode, patience: number = PATIENCE): StepJudge {
  const { shop, history } = episode
  const look = (): Moment => ({ session: episode.session, plan: plan(shop, history, patience) })
  let now = look()
  return {
    async judge(move, outcome) {
      const before = now
      now = look()
      if (outcome.won || (outcome.accepted && isGood(move, before, now))) return undefined
      const correction = firstMove(now.session, now.plan)
      return { ...describeMisstep(move, outcome, before, now), ...(correction && { correction }) } satisfies Misstep
    },
    observe() {
      now = look()
    },
  }
}

function isGood({ action }: Move, before: Moment, now: Moment): boolean {
  const said = canonical(action)
  if (before.plan.good.some(intent => canonical(intent.action) === said)) return true
  // Whoever looks for another product may look for it in other words.
  const isLooking = before.plan.good.some(
    ({ purpose, target }) => LOOKING.has(purpose) && target?.product.asin !== (before.session.asin ?? ''),
  )
  return isLooking && isUsefulSearch(before, now)
}

const LOOKING: ReadonlySet<Purpose> = new Set<Purpose>(['search', 'turn-page', 'leave', 'return'])

/** Letter case and what stands about the brackets do not matter to the shop. */
function canonical(action: string): string {
  const { name, argument } = parseAction(action)
  return argument === undefined ? '' : `${name}[${argument}]`
}

/** Whether new words say what is wanted and find something, or have brought up a product that may be right. */
function isUsefulSearch(before: Moment, now: Moment): boolean {
  const { session, plan } = now
  const { searches, products } = before.plan.knowledge
  if (session.view !== 'results' || searches.has(session.query)) return false
  const isSaid = shareTold(wordsOf(session.query), plan.wish.kind.flatMap(wordsOf)) >= 0.5
  return plan.facts.some(
    ({ known, price, isKind, told }) =>
      !products.has(known.product.asin) && price !== 'above' && (isSaid || isKind || told.length > 0),
  )
}
