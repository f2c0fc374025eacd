/**
 * From a recipe to the list of stages that carry it out.
 * @module
 */
import type { Arm, ResolvedRecipe } from './recipe.ts'
import { exploringArm } from './reflect-schema.ts'
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
 * @param prompt the hash of what the teacher is asked, where it is a model
 */
export function planStages(recipe: ResolvedRecipe, world: string, student: string, prompt?: string): Stage[] {
  const { arms, reflect, evaluate } = recipe
  const isUsed = (...data: Arm['data']) =>
    Object.values(arms).some(arm => arm.data.some(source => data.includes(source)))
  const train = (arm: string) => [renderExamplesStage(recipe, arm, student), trainArmStage(recipe, arm, student)]
  // The agents that explore come first: what they do is the data of others.
  const explorer = exploringArm(reflect)
  const first = Object.keys(arms).filter(arm => arm === explorer)
  const again = Object.keys(arms).filter(arm => arm === reflect.again)
  const rest = Object.keys(arms).filter(arm => arm !== explorer && arm !== reflect.again)
  const rows = [
    ...(evaluate.untrained ? [FLOOR] : []),
    ...Object.keys(arms),
    ...(evaluate.expert === 'none' ? [] : [CEILING]),
  ]
  return [
    ...(isUsed('golden') ? [playGoldenStage(recipe, 'golden', world)] : []),
    ...(isUsed('golden-explore') ? [playGoldenStage(recipe, 'golden-explore', world)] : []),
    ...first.flatMap(train),
    ...(isUsed('reflected', 'reflected-again') ? [exploreStage(recipe, 'reflected', world, prompt)] : []),
    ...again.flatMap(train),
    ...(isUsed('reflected-again') ? [exploreStage(recipe, 'reflected-again', world, prompt)] : []),
    ...rest.flatMap(train),
    ...rows.map(row => evaluateArmStage(recipe, row, world, student)),
    reportStage(recipe, rows),
  ]
}
