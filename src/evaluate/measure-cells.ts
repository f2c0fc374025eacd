/**
 * An arm's measures of self-correction as they stand in a table, in whichever format.
 * @module
 */
import { decimal, percent } from './format.ts'
import type { ArmSummary } from './report-data.ts'

/** Error rate, recovery rate, steps to recover, repeated errors, loops, steps when won. */
export function measureCells(arm: ArmSummary): string[] {
  return [
    percent(arm.errorRate),
    percent(arm.recoveryRate),
    decimal(arm.stepsToRecover),
    percent(arm.repeatedErrorRate),
    percent(arm.loopRate),
    decimal(arm.stepsWhenWon, 1),
  ]
}
