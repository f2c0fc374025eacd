/**
 * The one place that decides which steps carry loss.
 * @module
 */
import type { Step } from '../core/trajectory.ts'

/**
 * Which steps of a trajectory are trained:
 * - `errors` masks the steps that were judged errors (partial masking, Chen et al. 2025: d_i = 0 for error steps);
 * - `none` masks no step;
 * - `corrections-only` trains only what the teacher did.
 *
 * What `corrections-only` trains, `errors` trains too; what `errors` trains, `none` trains too.
 */
export const MASK_POLICIES = ['errors', 'none', 'corrections-only'] as const
export type MaskPolicy = (typeof MASK_POLICIES)[number]

/** Whether a step was judged an error. */
export const isError = (step: Pick<Step, 'verdict'>): boolean => step.verdict?.ok === false

/**
 * Whether the thought, the action and the stop token of a step carry loss.
 *
 * @example
 * carriesLoss({ ...step, verdict: { ok: false } }, 'errors') // false
 */
export function carriesLoss(step: Pick<Step, 'verdict' | 'by'>, policy: MaskPolicy): boolean {
  if (policy === 'none') return true
  if (isError(step)) return false
  return policy === 'errors' || step.by === 'teacher'
}
