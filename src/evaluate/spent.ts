/**
 * What models behind endpoints have used up in a run, stage by stage.
 * @module
 */
import { z } from 'zod'
import type { Trajectory } from '../core/trajectory.ts'
import { count } from './format.ts'
import { sum } from './statistics.ts'

export const spentRowSchema = z.object({
  /** Such as `explore`. */
  stage: z.string(),
  who: z.enum(['agent', 'teacher']),
  model: z.string(),
  tokensIn: z.number(),
  tokensOut: z.number(),
  /** In the currency of the endpoint's prices; absent where none are known. */
  cost: z.number().optional(),
  /** Moves of the agent whose conversation was shortened, since it did not fit the model's context. */
  shortened: z.number(),
  /** The trajectories that it was counted in. */
  file: z.string(),
})
export type SpentRow = z.infer<typeof spentRowSchema>

/**
 * One row for the agent and one for the teacher, where they are models behind endpoints: those have no checkpoint.
 *
 * @example
 * spentIn('explore', 'trajectories/reflected.jsonl', trajectories)
 */
export function spentIn(stage: string, file: string, trajectories: readonly Trajectory[]): SpentRow[] {
  const agents = trajectories
    .filter(({ provenance }) => provenance.model !== undefined && provenance.checkpoint === undefined)
    .map(({ provenance }) => ({ ...provenance, model: provenance.model! }))
  const teachers = trajectories.flatMap(({ provenance }) => provenance.teacher ?? [])
  const row = (who: SpentRow['who'], all: readonly Pick<SpentRow, 'model' | 'tokensIn' | 'tokensOut' | 'cost'>[]) => {
    const [first] = all
    if (!first) return []
    const costs = all.flatMap(({ cost }) => cost ?? [])
    const sums = { tokensIn: sum(all.map(each => each.tokensIn)), tokensOut: sum(all.map(each => each.tokensOut)) }
    // Sums of prices without the noise of binary fractions.
    const cost = costs.length > 0 && { cost: Number(sum(costs).toPrecision(12)) }
    const shortened = who === 'agent' ? shortenedMoves(trajectories) : 0
    return [{ stage, who, model: first.model, ...sums, ...cost, shortened, file }]
  }
  return [...row('agent', agents), ...row('teacher', teachers)]
}

/** How many moves were made of a conversation that was shortened. */
export function shortenedMoves(trajectories: readonly Trajectory[]): number {
  return sum(trajectories.map(({ steps }) => steps.filter(({ shortened = 0 }) => shortened > 0).length))
}

/** A table in words: its head, and a row for each; `undefined` where nothing was spent. */
export function spentTable({
  spent = [],
}: {
  spent?: readonly SpentRow[]
}): { names: string[]; rows: string[][] } | undefined {
  if (spent.length === 0) return undefined
  const hasCost = spent.some(({ cost }) => cost !== undefined)
  const hasShortened = spent.some(({ shortened }) => shortened > 0)
  const cells = ({ stage, who, model, tokensIn, tokensOut, cost, shortened }: SpentRow) => [
    ...[stage, who, model, count(tokensIn), count(tokensOut)],
    ...(hasCost ? [cost === undefined ? '–' : cost.toFixed(4)] : []),
    ...(hasShortened ? [who === 'agent' ? count(shortened) : '–'] : []),
  ]
  return {
    names: [
      ...['stage', 'who', 'model', 'tokens in', 'tokens out'],
      ...(hasCost ? ['cost'] : []),
      ...(hasShortened ? ['shortened moves'] : []),
    ],
    rows: spent.map(cells),
  }
}
