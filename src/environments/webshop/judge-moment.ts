/**
 * What a judge of the shop compares: how things stood before a step, and after it.
 * @module
 */
import type { Plan } from './expert-plan.ts'
import type { Session } from './session.ts'

/** A moment of a visit, and what was best done then. */
export interface Moment {
  readonly session: Session
  readonly plan: Plan
}
