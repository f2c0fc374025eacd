/**
 * Makes up products: what each is, before it is put into words.
 * @module
 */
import { createRandom, type Random } from '../../../core/random.ts'
import { FEATURES, type FeatureGroup } from './features.ts'
import { type Choice, KINDS, type Kind } from './kinds.ts'

/** One feature of a product, and where its page tells of it. */
export interface Feature {
  group: FeatureGroup
  value: string
  toldIn: 'title' | 'features'
}

/** A product before it is put into words. */
export interface Sketch {
  index: number
  family: number
  kind: Kind
  brand: string
  features: readonly Feature[]
  /** What a buyer chooses, with the values that this product comes in. */
  choices: readonly Choice[]
  /** In cents; a second figure where the price depends on what is chosen. */
  cents: readonly number[]
}

/** What the products of a family have in common before each is changed a little. */
type Family = Pick<Sketch, 'family' | 'kind' | 'choices'> & { values: readonly string[]; dollars: number }

/** Products that differ in one or two points only. */
const FAMILY_SIZE = 5

/** The share of products that have two prices; the original's small set has 93 in 1,000. */
const RANGED = 0.09

// Coprime to the number of kinds, so that neighbouring families are of different categories.
const KIND_STRIDE = 17

/**
 * The product number `index` of the shop that a seed names: always the same one, whatever the size of the shop.
 *
 * @example
 * sketchProduct(1, 0).kind.noun // 'shirt'
 */
export function sketchProduct(seed: string | number, index: number): Sketch {
  const family = sketchFamily(seed, Math.floor(index / FAMILY_SIZE))
  const random = createRandom('made shop', seed, 'product', index)
  const values = [...family.values]
  let { choices } = family
  let dollars = Math.max(3, family.dollars + random.integer(7) - 3)
  // The first of a family is its pattern; each other one departs from it, so that they must be told apart.
  for (let changes = index % FAMILY_SIZE === 0 ? 0 : 1 + random.integer(2); changes > 0; changes--) {
    const change = random.pick(['feature', 'feature', 'feature', 'price', 'choice'] as const)
    if (change === 'feature') {
      const at = random.integer(values.length)
      values[at] = random.pick(groupsOf(family.kind)[at]!.values.filter(value => value !== values[at]))
    } else if (change === 'price') dollars += 20 + random.integer(40)
    else choices = choices.map(choice => fewer(choice, choice.values.length - 1, random))
  }
  const low = dollars * 100 - random.pick([0, 1, 50])
  const { kind } = family
  return {
    index,
    family: family.family,
    kind,
    brand: random.pick(BRANDS),
    features: arrange(groupsOf(kind), values, random),
    choices,
    cents: random.chance(RANGED) ? [low, low + 100 * (5 + random.integer(20))] : [low],
  }
}

function sketchFamily(seed: string | number, family: number): Family {
  const random = createRandom('made shop', seed, 'family', family)
  const kind = KINDS[(family * KIND_STRIDE) % KINDS.length]!
  const [low, high] = kind.price
  return {
    family,
    kind,
    values: groupsOf(kind).map(group => random.pick(group.values)),
    choices: kind.choices.map(choice => fewer(choice, 3 + random.integer(2), random)),
    dollars: low + random.integer(high - low + 1),
  }
}

function groupsOf(kind: Kind): FeatureGroup[] {
  return kind.features.map(name => FEATURES[name])
}

/** A choice with at most so many of its values, and no fewer than two. */
function fewer(choice: Choice, most: number, random: Random): Choice {
  const kept = new Set(random.shuffle(choice.values).slice(0, Math.max(2, most)))
  return { ...choice, values: choice.values.filter(value => kept.has(value)) }
}

/** Two features stand in the title; the others have to be looked up. */
function arrange(groups: readonly FeatureGroup[], values: readonly string[], random: Random): Feature[] {
  return random
    .shuffle(groups.map((group, at) => ({ group, value: values[at]! })))
    .map((feature, at) => ({ ...feature, toldIn: at < 2 ? 'title' : 'features' }))
}

const BRANDS: readonly string[] = ['Nor', 'Bel', 'Tam', 'Vel', 'Kar', 'Lum', 'Sol', 'Fen'].flatMap(start =>
  ['vik', 'ora', 'den', 'wick', 'mont'].map(end => start + end),
)
