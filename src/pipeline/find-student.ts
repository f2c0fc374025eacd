/**
 * Finds the student that a recipe names.
 * @module
 */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MisstepError } from '../core/errors.ts'
import type { RecipeFile } from './read-recipe.ts'

/** The folders that a student may be: from the recipe's folder, from the current one, or one of the package. */
export function studentPlaces({ recipe, path }: Pick<RecipeFile, 'recipe' | 'path'>): string[] {
  const places = [dirname(path), '.', fileURLToPath(new URL('../..', import.meta.url))]
  return [...new Set(places.map(place => resolve(place, recipe.student)))]
}

/** The first of some folders that holds a model. */
export const modelAmong = (folders: readonly string[]): string | undefined =>
  folders.find(folder => existsSync(join(folder, 'config.json')))

/** @throws {MisstepError} `usage` with the place in the recipe, where there is no such folder */
export function findStudent(file: RecipeFile): string {
  const folders = studentPlaces(file)
  const found = modelAmong(folders)
  if (found !== undefined) return found
  throw new MisstepError('usage', `${file.placeOf('student')}: There is no student: no folder with a config.json`, {
    value: file.recipe.student,
    advice: `Looked for ${folders.join(', ')}. Give student: the path of a Hugging Face folder.`,
  })
}
