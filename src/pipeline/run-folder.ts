/**
 * The folder that a run lives in.
 * @module
 */
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { writeFileAtomically } from '../store/atomic-file.ts'
import { type Manifest, readManifest, writeManifest } from '../store/manifest.ts'
import { lockFolder } from '../store/run-lock.ts'
import { storeError } from '../store/store-error.ts'
import type { RecipeFile } from './read-recipe.ts'
import { type ResolvedRecipe, recipeIdentity } from './recipe.ts'

export interface RunFolder {
  folder: string
  manifest: Manifest
  /** Where the folder of that name was moved to, when the run started afresh. */
  movedTo?: string
  unlock(): void
}

/**
 * Opens `<into>/<name>`, new or begun before, for this process alone.
 *
 * @param fresh moves a folder that is there aside, and begins anew
 * @throws {MisstepError} `usage` when the run was begun with another recipe; `store` when another process works in it,
 * its manifest is damaged, or it cannot be written to
 */
export function openRunFolder({ recipe, text }: RecipeFile, into: string, fresh = false): RunFolder {
  const folder = join(into, recipe.name)
  const path = join(folder, 'manifest.json')
  let unlock = lockFolder(folder)
  let movedTo: string | undefined
  try {
    if (fresh && (existsSync(path) || existsSync(join(folder, 'recipe.yaml')))) {
      unlock()
      movedTo = moveAside(folder)
      unlock = lockFolder(folder)
    }
    let manifest = readManifest(path)
    if (manifest) refuseOtherRecipe(manifest, recipe, folder)
    else {
      writeFileAtomically(join(folder, 'recipe.yaml'), text)
      manifest = {
        format: 1,
        name: recipe.name,
        recipe,
        versions: { misstep: version, node: process.version },
        stages: {},
      }
      writeManifest(path, manifest)
    }
    return { folder, manifest, ...(movedTo !== undefined && { movedTo }), unlock }
  } catch (error) {
    unlock()
    throw error
  }
}

function moveAside(folder: string): string {
  let number = 1
  while (existsSync(`${folder}.old-${number}`)) number++
  const target = `${folder}.old-${number}`
  try {
    renameSync(folder, target)
  } catch (error) {
    throw storeError('Cannot move the old run folder aside', folder, error)
  }
  return target
}

/**
 * A run holds what one recipe made: with another one it would be neither.
 *
 * @throws {MisstepError} `usage` when the recipe differs in what makes a run what it is
 */
export function refuseOtherRecipe(manifest: Manifest, recipe: ResolvedRecipe, folder: string): void {
  const changes = differences(identityOf(manifest.recipe), identityOf(recipe), '')
  if (changes.length === 0) return
  throw new MisstepError(
    'usage',
    `The recipe is not the one that ${folder} was begun with:\n  ${changes.join('\n  ')}`,
    {
      advice: 'Give the changed recipe another name, or start over with --fresh (the old folder is kept).',
    },
  )
}

function identityOf(recipe: unknown): unknown {
  const hasReflect = isBlock(recipe) && isBlock(recipe.reflect)
  return JSON.parse(JSON.stringify(hasReflect ? recipeIdentity(recipe as ResolvedRecipe) : recipe))
}

function differences(before: unknown, now: unknown, key: string): string[] {
  if (isBlock(before) && isBlock(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    return keys.flatMap(inner => differences(before[inner], now[inner], key ? `${key}.${inner}` : inner))
  }
  const [old, recent] = [JSON.stringify(before) ?? 'absent', JSON.stringify(now) ?? 'absent']
  return old === recent ? [] : [`${key} was ${old} and is ${recent}`]
}

function isBlock(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
