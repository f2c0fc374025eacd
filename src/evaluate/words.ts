/**
 * The sentences of a report: shared by its page and its Markdown.
 * @module
 */
import type { Comparison } from './compare.ts'
import { percent, points, probability } from './format.ts'
import type { Report } from './report-data.ts'
import { rewardDifference } from './reward-cells.ts'
import { LOOP_SIGHTS, LOOP_STEPS, RECOVERY_STEPS } from './scores.ts'

/** What the report found first: the first comparison on the last split. Undefined where nothing is compared. */
export function headline(report: Report): string | undefined {
  const first = report.comparisons[0]
  if (!first) return undefined
  const same = report.comparisons.filter(one => one.better === first.better && one.worse === first.worse)
  const comparison = same.at(-1)!
  const [better, worse] = [comparison.better, comparison.worse].map(
    name => report.arms.find(arm => arm.name === name)!.splits[comparison.split]!.success,
  )
  const [gain, interval] = rewardDifference(comparison.reward)
  const reward = report.graded ? ` Mean reward: ${gain} (95% interval ${interval}).` : ''
  return `${comparison.better} wins ${percent(better!)} of the ${comparison.split} tasks, ${comparison.worse} ${percent(worse!)}: ${comparisonText(comparison)}.${reward}`
}

/** The difference, its interval and what it allows to say. */
function comparisonText(comparison: Comparison): string {
  const { difference, low, high, pValue } = comparison
  const isClear = low > 0 || high < 0
  const interval = `95% interval ${points(low)} to ${points(high)}, ${probability(pValue)}`
  return `${points(difference)} points (${interval})${isClear ? '' : ', no clear difference'}`
}

const REWARD: [term: string, meaning: string] = [
  'Reward',
  "The benchmark's own figure at the end of an episode, in [0, 1]: the mean over the episodes, with a 95% bootstrap interval that draws whole tasks.",
]

/** How each number was worked out: a term and its meaning. */
export function definitions(report: Report): [term: string, meaning: string][] {
  const isClustered = report.comparisons.some(comparison => comparison.method === 'clustered')
  return [
    [
      'Success',
      isClustered
        ? 'Share of the episodes that reached the goal within the step limit; the 95% interval is a bootstrap that draws whole tasks, since tasks repeat.'
        : 'Share of the episodes that reached the goal within the step limit, with its 95% Wilson interval.',
    ],
    ...(report.graded ? [REWARD] : []),
    [
      'Error',
      report.arms.every(arm => arm.judged)
        ? "A step that the environment's judge, who only watches, found wrong. Error rate: errors a step."
        : "A step that the environment's judge, who only watches, found wrong; where no judge watched, a rejected action. Error rate: errors a step.",
    ],
    [
      'Recovery',
      `An error is recovered when one of the next ${RECOVERY_STEPS} steps is right: judged no error, accepted, and not the same action again. Steps to recover: how many steps until then, over the recovered errors.`,
    ],
    ['Repeated', 'Share of the errors whose action was already an error earlier in the same episode.'],
    [
      'Loops',
      `Share of the episodes in which one action with one and the same answer is seen ${LOOP_SIGHTS} times or more within ${LOOP_STEPS + 1} steps.`,
    ],
    [
      'Differences',
      isClustered
        ? 'Paired by episode. Tasks repeat, so the 95% interval is a bootstrap that draws whole tasks and the p-value comes from a sign-flip test that flips whole tasks. They speak of other tasks with these very students; how much the training seed matters shows from run to run.'
        : "Paired by episode: Newcombe's 95% interval for paired proportions (1998, method 10) and McNemar's exact test. They speak of other tasks with these very students; another training seed may differ by more, which only several runs show.",
    ],
    [
      'Other intervals',
      'The self-correction measures carry 95% bootstrap intervals that draw whole tasks. No correction is made for looking at several comparisons.',
    ],
  ]
}
