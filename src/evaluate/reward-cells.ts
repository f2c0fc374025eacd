/**
 * Mean rewards as they stand in a table, in whichever format: only where episodes can end with a part of the reward.
 * @module
 */
import { decimal, difference } from './format.ts'
import type { ArmSummary, Report } from './report-data.ts'

/** The columns of rewards, one a split; none where success tells all. */
export function rewardNames({ graded, splits }: Report): string[] {
  return graded ? splits.map(split => `reward, ${split}`) : []
}

/**
 * An arm's mean reward on each split, and its 95% interval.
 *
 * @example
 * rewardCells(report, report.arms[0]) // [['0.62', '0.55 to 0.69'], ['0.58', '0.51 to 0.66']]
 */
export function rewardCells({ graded, splits }: Report, arm: ArmSummary): [mean: string, interval: string][] {
  if (!graded) return []
  return splits.map(split => {
    const summary = arm.splits[split]
    const [low = null, high = null] = summary?.intervals.reward ?? []
    return [decimal(summary?.reward ?? null), summary ? `${decimal(low)} to ${decimal(high)}` : '']
  })
}

/** A difference of mean rewards with its interval: `+0.12`, `−0.01 to +0.25`. */
export function rewardDifference(reward: { difference: number; low: number; high: number }): [string, string] {
  return [difference(reward.difference), `${difference(reward.low)} to ${difference(reward.high)}`]
}
