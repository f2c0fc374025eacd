/**
 * WebShop as an environment.
 * @module
 */
import { defineEnvironment, type Environment, type Task } from '../../core/environment.ts'
import { MisstepError } from '../../core/errors.ts'
import type { Catalogue } from './catalogue.ts'
import { expertMove } from './expert.ts'
import type { Goal } from './goal.ts'
import { type GoalKind, makeGoals } from './goals.ts'
import { createJudge } from './judge.ts'
import type { ObservationMode } from './pages/observe.ts'
import { PROFILES, type Profile, type ProfileRules } from './profile.ts'
import type { NounTagger } from './reward/noun-tagger.ts'
import type { ProductSearch } from './search/product-search.ts'
import { openSession } from './session.ts'
import type { Shop } from './shop.ts'
import { type Assistance, createShopEpisode, type ShopEpisode } from './shop-episode.ts'

export interface WebshopOptions {
  catalogue: Catalogue
  /** Finds products by words; see `search/`. */
  search: ProductSearch
  /** Finds the nouns of titles; see `reward/`. */
  nouns: NounTagger
  /** Default: `synthetic`, which is what work on the small set uses. */
  goals?: GoalKind
  /** What an agent sees. Default: `text`. */
  observation?: ObservationMode
  /** Default: `upstream`. */
  profile?: Profile
  /** What the original leaves to chance: price bounds, and prices of products that have a range. Default: 0. */
  seed?: number
  /** The most goals, for large catalogues; those of products further on are left out. Default: all. */
  mostGoals?: number
  /** Recorded price bounds by goal number, instead of drawn ones. */
  bounds?: (index: number) => number | undefined
  /** How many products a page of results lists. Default: 10, as in the original. */
  pageSize?: number
  /** Whether product pages have the button `Attributes`. Default: false. */
  showAttributes?: boolean
  /** Which goals each split holds, by number. Default: those of the profile. */
  splits?: (goals: readonly Goal[]) => Readonly<Record<string, readonly number[]>>
  /** Who shows how to shop. Default: the experts and the judge of this folder, with the profile's step limit in mind. */
  assistance?: Assistance
}

/** How many products a page of results lists in the original. */
const PAGE_SIZE = 10

/** WebShop, whose episodes show where the customer stands. */
export interface Webshop extends Environment {
  readonly shop: Shop
  readonly catalogue: Catalogue
  start(task: Task): Promise<ShopEpisode>
}

/**
 * WebShop (Yao et al. 2022). A task is a goal, named by its kind and number such as `synthetic-12`; its kind is the
 * category of the product that is meant. Splits without a goal are left out.
 *
 * @throws {MisstepError} when the catalogue has no goal of this kind
 * @example
 * const environment = createWebshop({ catalogue: await loadCatalogue('data'), search, nouns })
 * const [task] = await environment.tasks('test')
 */
export function createWebshop(options: WebshopOptions): Webshop {
  const { catalogue, search, nouns, goals: kind = 'synthetic', profile = 'upstream', seed = 0 } = options
  const { mostGoals, bounds } = options
  const rules: ProfileRules = PROFILES[profile]
  const { list, prices } = makeGoals(catalogue, {
    kind,
    profile,
    seed,
    ...(mostGoals !== undefined && { most: mostGoals }),
    ...(bounds && { bounds }),
  })
  if (list.length === 0) {
    throw new MisstepError('data', `The catalogue has no ${kind} goal`, {
      value: catalogue.name,
      advice: `Choose ${kind === 'human' ? 'synthetic' : 'human'} goals, or another catalogue.`,
    })
  }
  const assistance = options.assistance ?? {
    expert: (episode, sight) => expertMove(episode, sight, rules.stepLimit),
    judge: episode => createJudge(episode, rules.stepLimit),
  }
  const shop: Shop = {
    products: catalogue.products,
    search,
    nouns,
    goals: list,
    prices,
    pageSize: options.pageSize ?? PAGE_SIZE,
    showAttributes: options.showAttributes ?? false,
  }
  const splits = Object.entries(options.splits?.(list) ?? numberSplits(rules, list.length)).filter(
    ([, numbers]) => numbers.length > 0,
  )
  const members = new Map(splits)
  const goalOf = (task: Task) => {
    const [, named, number] = /^(\w+)-(\d+)$/.exec(task.id) ?? []
    const goal = named === kind ? list[Number(number)] : undefined
    if (goal) return { goal, index: Number(number) }
    throw new MisstepError('environment', 'There is no such goal', {
      value: task.id,
      advice: `There are ${kind}-0 to ${kind}-${list.length - 1}.`,
    })
  }
  const environment = defineEnvironment({
    name: 'webshop',
    splits: [...members.keys()],
    version: `webshop ${profile}, ${kind} goals, seed ${seed}, ${catalogue.name}, nouns ${nouns.name}`,
    prompt: SHOP_PROMPT,
    stop: ['[SEP]', '[button]', '\nInstruction:'],
    stepLimit: rules.stepLimit,
    async tasks(split) {
      return (members.get(split) ?? []).map(index => {
        return { id: `${kind}-${index}`, environment: 'webshop', split, kind: list[index]!.category }
      })
    },
    async start(task) {
      const { goal, index } = goalOf(task)
      return createShopEpisode(shop, openSession(String(index), goal, index), {
        rules,
        ...(options.observation && { observation: options.observation }),
        assistance,
      })
    },
    // Whoever opened catalogue and search closes them: other environments may share them.
    close: async () => {},
  })
  return Object.assign(environment, { shop, catalogue }) as Webshop
}

function numberSplits({ splits }: ProfileRules, total: number): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(splits).map(([name, [first, last = total - 1]]) => {
      const end = Math.min(last, total - 1)
      return [name, Array.from({ length: Math.max(0, end - first + 1) }, (_, index) => first + index)]
    }),
  )
}

/** What an agent is told before its first visit. */
export const SHOP_PROMPT = `You are in a web shop and buy what the instruction asks for, one action at a time. The actions:
search[<words>]
click[<name>]
A name is that of a button, a product or a value to choose, as the page shows it. Open a product, choose what is wanted,
read its features where you need to, and buy it: that ends your visit.`
