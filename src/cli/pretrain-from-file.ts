/**
 * Pre-trains by a recipe file, showing how far it is.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { type PretrainRecipe, pretrain, pretrainRecipeSchema } from '../pipeline/pretrain.ts'
import { createProgress } from '../pipeline/progress.ts'
import type { Bar } from '../pipeline/screen.ts'
import { lockFolder } from '../store/run-lock.ts'
import { withInterruption } from './interruption.ts'

/** @throws {MisstepError} `usage` when the recipe is wrong, and whatever training cannot do */
export async function pretrainFromFile(path: string, options: { to?: string; runs: string }): Promise<void> {
  const recipe = readPretrainRecipe(path)
  const work = join(options.runs, recipe.name)
  const to = options.to ?? join(work, 'checkpoint')
  const unlock = lockFolder(work)
  let bar: Bar | undefined
  try {
    await withInterruption(async signal => {
      for await (const { step, loss } of pretrain(recipe, work, to, signal)) {
        bar ??= createProgress().stage('pretrain', recipe.train.steps, 'steps', step - 1)
        bar.advance(1, `loss ${loss.toFixed(3)}`)
      }
    })
  } finally {
    bar?.end()
    unlock()
  }
  console.log(to)
}

function readPretrainRecipe(path: string): PretrainRecipe {
  const advice = 'recipes/household-base.yaml is one that works.'
  let value: unknown
  try {
    value = parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new MisstepError('usage', `The recipe ${path} cannot be read`, {
      value: (cause as Error).message,
      advice,
      cause,
    })
  }
  const result = pretrainRecipeSchema.safeParse(value)
  if (result.success) return result.data
  throw new MisstepError('usage', `The recipe ${path} is wrong`, { advice: z.prettifyError(result.error) })
}
