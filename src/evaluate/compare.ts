/**
 * Two arms on the same episodes.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import { bootstrap, signFlipTest } from './bootstrap.ts'
import { byTask, sumOf } from './measures.ts'
import type { EpisodeScore } from './scores.ts'
import { mcNemarExact, pairedDifference } from './statistics.ts'

export interface Comparison {
  /** The arm that is expected to do better: where the difference is below zero it did not. */
  better: string
  worse: string
  split: string
  /** Success of `better` less success of `worse` on the same episodes, in [-1, 1], with its 95% interval. */
  difference: number
  low: number
  high: number
  /** Two-sided: how likely a difference this large is by chance. */
  pValue: number
  /** `paired`: each task once, Newcombe's interval and McNemar's exact test. `clustered`: tasks repeat, see below. */
  method: 'paired' | 'clustered'
  pairs: number
  tasks: number
  onlyBetterWon: number
  onlyWorseWon: number
  /** Recovery rate of `better` less that of `worse`, with its 95% interval; null where an arm made no error. */
  recovery: { difference: number; low: number; high: number } | null
  /** Mean reward of `better` less that of `worse`, with the 95% interval of a bootstrap that draws whole tasks. */
  reward: { difference: number; low: number; high: number }
  /** The score files that it comes from. */
  sources: string[]
}

export interface ComparedArm {
  name: string
  scores: readonly EpisodeScore[]
  sources: readonly string[]
}

/**
 * Compares two arms on one split, episode by episode (paired by `id`).
 *
 * Where every task was played once: Newcombe's paired interval and McNemar's exact test. Where tasks repeat (rounds, or
 * the same tasks in several runs), pairs of one task are not independent: the interval is then a bootstrap that draws
 * whole tasks (Newcombe's for the number of tasks where all pairs end alike), the p-value a sign-flip test that flips whole tasks. Both speak of *other tasks* with these very
 * trained students; what another training seed would do shows only in the differences from run to run.
 *
 * @throws {MisstepError} `data` when the arms were not evaluated on the same episodes, or an episode is there twice
 * @example
 * compareArms('unseen', { name: 'step', scores, sources }, { name: 'golden', scores: others, sources: [] }).difference
 */
export function compareArms(split: string, better: ComparedArm, worse: ComparedArm): Comparison {
  const partners = pairUp(split, better, worse)
  const clusters = byTask(better.scores).map(first => ({ first, second: first.map(score => partners.get(score.id)!) }))
  const count = (won: (first: boolean, second: boolean) => boolean) =>
    better.scores.filter(score => won(score.won, partners.get(score.id)!.won)).length
  const counts = {
    bothWon: count((first, second) => first && second),
    onlyFirst: count((first, second) => first && !second),
    onlySecond: count((first, second) => !first && second),
    neither: count((first, second) => !first && !second),
  }
  const pairs = better.scores.length
  const clustered = clusters.length < pairs
  const gains = clusters.map(({ first, second }) => wins(first) - wins(second))
  // As if each task had been played once: right where tasks do not repeat, and what is left to say where all agree.
  const share = clusters.length / pairs
  const plain = pairedDifference({
    bothWon: counts.bothWon * share,
    onlyFirst: counts.onlyFirst * share,
    onlySecond: counts.onlySecond * share,
    neither: counts.neither * share,
  })
  const drawn =
    clustered &&
    bootstrap(
      clusters.map(({ first }, at) => [gains[at]!, first.length]),
      ([gain, episodes]) => gain! / episodes!,
    )
  const interval = drawn && drawn.low < drawn.high ? drawn : plain
  const recovery = bootstrap(
    clusters.map(({ first, second }) => [...sumOf(first, 'recoveryRate'), ...sumOf(second, 'recoveryRate')]),
    ([above, below, otherAbove, otherBelow]) => above! / below! - otherAbove! / otherBelow!,
  )
  const reward = bootstrap(
    clusters.map(({ first, second }) => [...sumOf(first, 'reward'), ...sumOf(second, 'reward')]),
    ([above, below, otherAbove, otherBelow]) => above! / below! - otherAbove! / otherBelow!,
  )!
  return {
    better: better.name,
    worse: worse.name,
    split,
    difference: interval.estimate,
    low: interval.low,
    high: interval.high,
    pValue: clustered ? signFlipTest(gains) : mcNemarExact(counts.onlyFirst, counts.onlySecond),
    method: clustered ? 'clustered' : 'paired',
    pairs,
    tasks: clusters.length,
    onlyBetterWon: counts.onlyFirst,
    onlyWorseWon: counts.onlySecond,
    recovery: recovery ? { difference: recovery.estimate, low: recovery.low, high: recovery.high } : null,
    reward: { difference: reward.estimate, low: reward.low, high: reward.high },
    sources: [...better.sources, ...worse.sources],
  }
}

/** The second arm's score of each episode. */
function pairUp(split: string, better: ComparedArm, worse: ComparedArm): Map<string, EpisodeScore> {
  const firstIds = new Set(better.scores.map(score => score.id))
  const partners = new Map(worse.scores.map(score => [score.id, score]))
  for (const [arm, ids] of [
    [better, firstIds],
    [worse, partners],
  ] as const) {
    if (ids.size === arm.scores.length) continue
    throw new MisstepError('data', `The arm "${arm.name}" has an episode twice on ${split}`, {
      value: arm.sources,
      advice: 'Remove its score file and run again; the episodes are scored anew.',
    })
  }
  const alone = [...firstIds].find(id => !partners.has(id)) ?? [...partners.keys()].find(id => !firstIds.has(id))
  if (alone !== undefined || firstIds.size === 0) {
    throw new MisstepError(
      'data',
      `The arms "${better.name}" and "${worse.name}" do not share all episodes on ${split}`,
      {
        value: alone,
        advice: 'Arms can be compared only on the same tasks: evaluate both with the same recipe.',
      },
    )
  }
  return partners
}

function wins(scores: readonly EpisodeScore[]): number {
  return scores.filter(score => score.won).length
}
