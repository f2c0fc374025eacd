/**
 * Variants of a recipe: the same experiment with some of its keys otherwise.
 * @module
 */
import { type Document, isAlias, isMap, isScalar, type Pair, type YAMLMap } from 'yaml'
import { MisstepError } from '../core/errors.ts'
import { nearest } from './explain-issue.ts'

/**
 * Writes the variants that are wanted into a recipe, one after the other, and takes the block `variants` out of it. Blocks
 * are merged key by key; what a variant leaves empty (`key:` or `key: null`) is taken out; all else is replaced, but for a
 * name that begins with a hyphen, which is added to the recipe's. Every other value keeps its place in the text, for errors.
 *
 * @throws {MisstepError} `usage` when the recipe has no such variant
 */
export function applyVariants(document: Document, wanted: readonly string[], path: string): void {
  const recipe = document.contents
  if (!isMap(recipe)) return
  const block = recipe.get('variants', true)
  const variants = isMap(block) ? block : undefined
  const known = variants?.items.map(nameOf) ?? []
  const added: unknown[] = []
  for (const name of wanted) {
    const before = recipe.get('name')
    const variant = variants?.get(name, true)
    const changes = isAlias(variant) ? variant.resolve(document) : variant
    if (!isMap(changes)) throw unknown(path, name, known)
    merge(recipe, changes)
    const named = recipe.get('name')
    if (!String(named).startsWith('-')) continue
    added.push(named)
    recipe.set('name', before)
  }
  if (added.length > 0) recipe.set('name', [recipe.get('name'), ...added].join(''))
  if (variants) recipe.delete('variants')
}

function merge(into: YAMLMap, changes: YAMLMap): void {
  for (const change of changes.items) {
    const name = nameOf(change)
    const place = into.items.findIndex(item => nameOf(item) === name)
    const before = into.items[place]?.value
    if (change.value === null || (isScalar(change.value) && change.value.value === null)) {
      if (place >= 0) into.items.splice(place, 1)
    } else if (isMap(before) && isMap(change.value)) merge(before, change.value)
    else if (place >= 0) into.items[place] = change
    else into.items.push(change)
  }
}

const nameOf = ({ key }: Pair): string => String(isScalar(key) ? key.value : key)

function unknown(path: string, name: string, known: readonly string[]): MisstepError {
  const near = nearest(name, known)
  return new MisstepError('usage', `${path}: The recipe has no such variant`, {
    value: name,
    advice: known.length === 0 ? 'It has none.' : `${near ? `Did you mean ${near}? ` : ''}It has ${known.join(', ')}.`,
  })
}
