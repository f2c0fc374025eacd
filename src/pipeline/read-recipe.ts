/**
 * Reads a recipe file; a mistake in it is named with its line, its column and what would be allowed.
 * @module
 */
import { readFileSync } from 'node:fs'
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { applyVariants } from './apply-variants.ts'
import { explainIssue } from './explain-issue.ts'
import { type ResolvedRecipe, recipeSchema } from './recipe.ts'

/** A recipe and the text that it was read from. */
export interface RecipeFile {
  path: string
  text: string
  recipe: ResolvedRecipe
  /** Where a value stands, for errors: `recipe.yaml:7:12`. */
  placeOf(...keys: string[]): string
}

/** What a run may take otherwise than its recipe says. */
export interface Overrides {
  seed?: number
  /** Default: the recipe's, with `-seed<seed>` behind it when the seed is another. */
  name?: string
  /** Names under the recipe's key `variants`, taken one after the other. Default: none. */
  variants?: readonly string[]
}

/**
 * Reads a recipe file and fills in all defaults.
 *
 * @param overrides are written into the text that is returned too
 * @throws {MisstepError} `usage` with every mistake in the file, one a line, or when it cannot be read
 * @example
 * const { recipe } = readRecipe('recipes/quickstart.yaml')
 */
export function readRecipe(path: string, overrides: Overrides = {}): RecipeFile {
  const text = readRecipeText(path)
  const { variants = [] } = overrides
  const recipe = parseRecipe(text, path, variants)
  const { seed = recipe.seed } = overrides
  const { name = seed === recipe.seed ? recipe.name : `${recipe.name}-seed${seed}` } = overrides
  const placeOf = (...keys: string[]) => createFinder(text, path, variants).find(keys, 'value').place
  const document = parseDocument(text)
  const isAsWritten = seed === recipe.seed && name === recipe.name && !document.has('variants')
  if (isAsWritten) return { path, text, recipe, placeOf }
  applyVariants(document, variants, path)
  document.set('name', name)
  document.set('seed', seed)
  const changed = String(document)
  return { path, text: changed, recipe: parseRecipe(changed, path), placeOf }
}

/** @throws {MisstepError} `usage` when the file cannot be read */
export function readRecipeText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const advice = `${(cause as Error).message}. Give the path of a recipe, such as recipes/quickstart.yaml.`
    throw new MisstepError('usage', 'The recipe cannot be read', { value: path, advice, cause })
  }
}

/**
 * Parses a recipe's text and fills in all defaults.
 *
 * @param path the file's name, for errors
 * @param variants see `Overrides`
 * @throws {MisstepError} `usage` with every mistake, one a line: `recipe.yaml:7:12: train.steps must be …`
 */
export function parseRecipe(text: string, path = 'recipe.yaml', variants: readonly string[] = []): ResolvedRecipe {
  return parseSettings(text, path, recipeSchema, variants)
}

/**
 * Parses the text of any file of settings by its schema.
 *
 * @param path the file's name, for errors
 * @param variants of a recipe; default: it has none
 * @throws {MisstepError} `usage` with every mistake, one a line
 * @example
 * parseSettings(readFileSync(path, 'utf8'), path, pretrainRecipeSchema)
 */
export function parseSettings<T>(text: string, path: string, schema: z.ZodType<T>, variants?: readonly string[]): T {
  const { document, place, find } = createFinder(text, path, variants)
  const refuse = (mistakes: string[]) =>
    new MisstepError('usage', mistakes.join('\n'), { advice: 'Nothing was run. Correct the recipe and try again.' })

  const [broken] = document.errors
  if (broken) throw refuse([`${place(broken.pos[0])}: is not YAML: ${broken.message.split('\n')[0]}`])
  let value: unknown
  try {
    value = document.toJS()
  } catch (error) {
    // An alias that leads nowhere, into itself, or to far too much.
    throw refuse([`${path}: is not usable YAML: ${error instanceof Error ? error.message : String(error)}`])
  }
  const result = schema.safeParse(value, { error: explainIssue })
  if (result.success) return result.data

  const mistakes: { offset: number; text: string }[] = []
  const note = (keys: readonly PropertyKey[], part: 'key' | 'value', message: string | undefined) => {
    const { offset, place } = find(keys, part)
    mistakes.push({ offset, text: `${place}: ${keys.join('.') || 'the recipe'} ${message}` })
  }
  for (const issue of result.error.issues.flatMap(issue => unfold(issue))) {
    if (issue.code !== 'unrecognized_keys') note(issue.path, 'value', issue.message)
    else {
      // One issue names all unknown keys of a block; its message has one line a key, in the same order.
      const messages = issue.message.split('\n')
      for (const [index, key] of issue.keys.entries()) note([...issue.path, key], 'key', messages[index])
    }
  }
  throw refuse(mistakes.sort((left, right) => left.offset - right.offset).map(mistake => mistake.text))
}

/** Where a value may be one thing or a block, and is a block: what is wrong within it. */
function unfold(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const within = issue.errors.find(errors => errors.some(e => e.path.length > 0 || e.code === 'unrecognized_keys'))
  if (!within) return [issue]
  return within.flatMap(error => unfold({ ...error, path: [...issue.path, ...error.path] }))
}

/** A text as YAML, and where things stand in it. */
function createFinder(text: string, path: string, variants?: readonly string[]) {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  if (variants && document.errors.length === 0) applyVariants(document, variants, path)
  const resolve = (node: unknown) => (isAlias(node) ? node.resolve(document) : node)
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  const find = (keys: readonly PropertyKey[], part: 'key' | 'value') => {
    const offset = findOffset(document.contents, keys, part, resolve)
    return { offset, place: place(offset) }
  }
  return { document, place, find }
}

/** Where a key or its value stands; for what is missing, the innermost block around it that is there. */
function findOffset(
  root: Node | null,
  path: readonly PropertyKey[],
  part: 'key' | 'value',
  resolve: (node: unknown) => unknown,
): number {
  let offset = root?.range?.[0] ?? 0
  let node: unknown = root
  for (const [depth, segment] of path.entries()) {
    const block = resolve(node)
    if (isMap(block)) {
      const pair = block.items.find(item => isScalar(item.key) && String(item.key.value) === String(segment))
      if (!pair) break
      const key = pair.key as Node
      node = pair.value
      const last = depth === path.length - 1
      // A block starts on the line below its key: the key is the better place to point at.
      const inline = isScalar(node) || (isSeq(node) && node.flow) || (isMap(node) && node.flow)
      offset = ((last && part === 'value' && inline ? (node as Node) : key).range ?? [offset])[0]
    } else if (isSeq(block)) {
      node = block.items[Number(segment)]
      offset = (node as Node | undefined)?.range?.[0] ?? offset
    }
  }
  return offset
}
