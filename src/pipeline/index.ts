/**
 * Recipes: read, run, resumed, reported.
 * @module
 */
export { createProgress, silentProgress } from './progress.ts'
export { parseRecipe, type RecipeFile, readRecipe } from './read-recipe.ts'
export {
  type Arm,
  EVALUATION_SETS,
  type EvaluationSet,
  type Recipe,
  type ResolvedRecipe,
  recipeSchema,
} from './recipe.ts'
export { type RunOptions, runRecipe } from './run.ts'
export type { Bar, Progress } from './screen.ts'
