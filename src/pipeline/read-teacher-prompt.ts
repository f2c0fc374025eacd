/**
 * The prompt that a recipe's teacher is asked with.
 * @module
 */
import { dirname, resolve } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import { readTeacherPrompt, type TeacherPrompt } from '../teachers/teacher-prompt.ts'
import type { RecipeFile } from './read-recipe.ts'

/**
 * Reads the file that the recipe names, from the recipe's folder, or the one of the package; `undefined` where the
 * teacher is the oracle.
 *
 * @throws {MisstepError} `usage` with the place in the recipe, when the file cannot be used
 */
export function readTeacherFile({ recipe, path, placeOf }: RecipeFile): TeacherPrompt | undefined {
  const { teacher } = recipe.reflect
  if (teacher === 'oracle') return undefined
  if (teacher.prompt === undefined) return readTeacherPrompt()
  try {
    return readTeacherPrompt(resolve(dirname(path), teacher.prompt))
  } catch (error) {
    if (!(error instanceof MisstepError)) throw error
    const place = placeOf('reflect', 'teacher', 'prompt')
    throw new MisstepError(error.code, `${place}: ${error.message}`, { cause: error })
  }
}
