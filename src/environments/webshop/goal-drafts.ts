/**
 * The goals that a catalogue has, one after the other, before they are weighed and put into order.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { byCodePoint } from '../python-text.ts'
import type { Catalogue } from './catalogue.ts'
import type { Goal } from './goal.ts'
import { boundsAbove, boundText, drawBound, NO_BOUND } from './price-bound.ts'
import type { Product } from './product.ts'
import type { PythonRandom } from './python/random.ts'

export type Draft = Omit<Goal, 'weight'>

/** The price of a product; one with a range of prices has a drawn one. */
export function priceOf(product: Product, prices: ReadonlyMap<string, number>): number {
  return prices.get(product.asin) ?? product.pricing[0]!
}

/** What people asked for; what asks for no attribute is left out. */
export function* humanGoals(
  { products, humanInstructions }: Catalogue,
  prices: ReadonlyMap<string, number>,
  bounds: 'drawn' | 'each',
  random: PythonRandom,
): Generator<Draft> {
  for (const [asin, requests] of humanInstructions) {
    const product = products.get(asin)
    if (!product) continue
    const price = priceOf(product, prices)
    for (const { instruction, instruction_attributes, instruction_options } of requests) {
      if (instruction_attributes.length === 0) continue
      const words = instruction.replace(/^\.+|\.+$/g, '')
      for (const bound of bounds === 'each' ? eachBound(price) : [drawBound(price, random)]) {
        yield draftGoal(product, words, instruction_attributes, instruction_options, bound)
      }
    }
  }
}

/** The fork repeats the goal four times also where there is no bound. */
function eachBound(price: number): number[] {
  const bounds = boundsAbove(price)
  return bounds.length > 0 ? bounds : [NO_BOUND, NO_BOUND, NO_BOUND, NO_BOUND]
}

/**
 * The made-up instructions, each with every choice of the product's options.
 *
 * @throws {MisstepError} for an instruction that asks for no attribute
 */
export function* syntheticGoals(
  { products }: Catalogue,
  prices: ReadonlyMap<string, number>,
  random: PythonRandom,
): Generator<Draft> {
  for (const product of products.instructed()) {
    const { instruction = '', instructionAttributes = [], asin } = product
    if (instructionAttributes.length === 0) {
      throw new MisstepError('data', `The instruction of product ${asin} asks for no attribute`, { value: instruction })
    }
    const bound = drawBound(priceOf(product, prices), random)
    const names = [...product.options.keys()].sort(byCodePoint)
    for (const choice of choices(product, names)) {
      const wanted = choice.map(([name, value]) => `${name}: ${value}`).join(', and ')
      const words = instruction + (wanted && ` with ${wanted}`)
      yield draftGoal(product, words, instructionAttributes, choice, bound)
    }
  }
}

type Choice = readonly (readonly [name: string, value: string])[]

/** Every choice of one value an option, the last option changing fastest. */
function* choices(product: Product, names: readonly string[], chosen: Choice = []): Generator<Choice> {
  const name = names[chosen.length]
  if (name === undefined) yield chosen
  else for (const value of product.options.get(name)!) yield* choices(product, names, [...chosen, [name, value]])
}

function draftGoal(
  { asin, category, query, title, productCategory }: Product,
  words: string,
  attributes: readonly string[],
  options: Goal['options'],
  priceUpper: number,
): Draft {
  const instruction = words + boundText(priceUpper)
  return { asin, category, query, title, productCategory, instruction, attributes, options, priceUpper }
}
