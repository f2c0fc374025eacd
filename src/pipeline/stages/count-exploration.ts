/**
 * What an exploration came to, and what its models cost.
 * @module
 */
import { type Trajectory, UNJUDGED } from '../../core/trajectory.ts'
import { count } from '../../evaluate/format.ts'
import type { ResolvedRecipe } from '../recipe.ts'
import type { Progress } from '../screen.ts'
import { countTrajectories } from './play-tasks.ts'
import { isKept } from './render-examples.ts'

type Counts = Record<string, number>

/**
 * Episodes, errors and corrections; of models behind endpoints also what they used up. `cost` is in the currency of their
 * prices; all of it, that of trajectories that are not trained on too, falls on those that are.
 */
export function countExploration(trajectories: readonly Trajectory[], keep: ResolvedRecipe['reflect']['keep']): Counts {
  const steps = trajectories.flatMap(trajectory => trajectory.steps)
  const verdicts = steps.flatMap(({ verdict }) => verdict ?? [])
  const counts: Counts = {
    ...countTrajectories(trajectories),
    errors: verdicts.filter(({ ok, kind }) => !ok && kind !== UNJUDGED).length,
    corrections: steps.filter(step => step.by === 'teacher' && step.action !== '').length,
  }
  const spent = trajectories.flatMap(({ provenance }) => provenance.teacher ?? [])
  const costs = trajectories.flatMap(({ provenance }) => [provenance.cost ?? [], provenance.teacher?.cost ?? []].flat())
  if (spent.length === 0 && costs.length === 0) return counts
  const kept = trajectories.filter(trajectory => isKept(trajectory, keep)).length
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  Object.assign(counts, { kept })
  if (spent.length > 0) {
    Object.assign(counts, {
      unjudged: verdicts.filter(({ kind }) => kind === UNJUDGED).length,
      withheld: sum(verdicts.map(({ withheld }) => withheld?.length ?? 0)),
      teacherRequests: sum(spent.map(({ requests }) => requests)),
      teacherTokensIn: sum(spent.map(({ tokensIn }) => tokensIn)),
      teacherTokensOut: sum(spent.map(({ tokensOut }) => tokensOut)),
    })
  }
  if (costs.length > 0) {
    const cost = round(sum(costs))
    Object.assign(counts, { cost, ...(kept > 0 && { costPerKept: round(cost / kept) }) })
  }
  return counts
}

/** Says in one line what the exploration cost; nothing where it cost nothing. */
export function tellCost(progress: Progress, counts: Counts): void {
  const { kept, episodes, teacherTokensIn, teacherTokensOut, unjudged, cost, costPerKept } = counts
  if (kept === undefined) return
  const parts = [
    `explore: ${kept} of ${episodes} trajectories kept`,
    teacherTokensIn === undefined
      ? ''
      : `the teacher read ${count(teacherTokensIn)} tokens and wrote ${count(teacherTokensOut ?? 0)}`,
    unjudged ? `${count(unjudged)} steps unjudged` : '',
    cost === undefined ? '' : `cost ${cost}${costPerKept === undefined ? '' : `, ${costPerKept} a kept trajectory`}`,
  ]
  progress.note(parts.filter(part => part !== '').join('; '))
}

/** Sums of prices without the noise of binary fractions. */
function round(value: number): number {
  return Number(value.toPrecision(12))
}
