/**
 * From a recipe to the list of stages that carry it out.
 * @module
 */
import type { ResolvedRecipe } from './recipe.ts'
import type { Stage } from './stage.ts'
import { CEILING, evaluateArmStage, FLOOR } from './stages/evaluate-arm.ts'
import { exploreStage } from './stages/explore.ts'
import { playGoldenStage } from './stages/play-golden.ts'
import { renderExamplesStage } from './stages/render-examples.ts'
import { reportStage } from './stages/report.ts'
import { trainArmStage } from './stages/train-arm.ts'

/**
 * The stages of a recipe, in the order in which they run.
 *
 * @param world names the environment with its version
 * @param student the hash of the untrained student's files
 */
export function planStages(recipe: ResolvedRecipe, world: string, student: string): Stage[] {
  const { arms, reflect, evaluate } = recipe
  const isUsed = (data: 'golden' | 'golden-explore' | 'reflected') =>
    Object.values(arms).some(arm => arm.data.includes(data))
  const train = (arm: string) => [renderExamplesStage(recipe, arm, student), trainArmStage(recipe, arm, student)]
  // The agent that explores comes first: what it does is the data of others.
  const [first, ...rest] = [reflect.agent, ...Object.keys(arms).filter(arm => arm !== reflect.agent)].filter(
    arm => arms[arm],
  )
  const rows = [
    ...(evaluate.untrained ? [FLOOR] : []),
    ...Object.keys(arms),
    ...(evaluate.expert === 'none' ? [] : [CEILING]),
  ]
  return [
    ...(isUsed('golden') ? [playGoldenStage(recipe, 'golden', world)] : []),
    ...(isUsed('golden-explore') ? [playGoldenStage(recipe, 'golden-explore', world)] : []),
    ...(first ? train(first) : []),
    ...(isUsed('reflected') ? [exploreStage(recipe, world)] : []),
    ...rest.flatMap(train),
    ...rows.map(row => evaluateArmStage(recipe, row, world, student)),
    reportStage(recipe, rows),
  ]
}
