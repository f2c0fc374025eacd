/**
 * Aimless play to pre-train on, walk by walk: in households, or in the shop.
 * @module
 */
import { z } from 'zod'
import type { Episode } from '../core/environment.ts'
import { createRandom, type Random } from '../core/random.ts'
import type { Step } from '../core/trajectory.ts'
import { createGameEpisode } from '../environments/alfworld/game-episode.ts'
import { generateGame } from '../environments/households/generate.ts'
import { createLayouts } from '../environments/households/layout.ts'
import { wander as wanderAtHome } from '../environments/households/wander.ts'
import { SHOP_PROMPT, type Webshop } from '../environments/webshop/environment.ts'
import { openWebshop } from '../environments/webshop/open-webshop.ts'
import { wander as wanderInShop } from '../environments/webshop/wander.ts'
import { type Conversation, formatMove } from '../render/index.ts'

const steps = z.tuple([z.int(), z.int()])

/** Where the walks are, and how long. */
export const playSchema = z.union([
  z.strictObject({
    environment: z.literal('households').optional(),
    /** Number of the first game of the train split to wander through: beyond all that recipes train on. */
    from: z.int(),
    /** Fewest and most steps of a walk. */
    steps,
    /** Most receptacles of one type in a room. */
    most: z.int(),
  }),
  z.strictObject({
    environment: z.literal('webshop'),
    /** The seed of the first made-up shop to wander through; each has its own products. Beyond those of other recipes. */
    from: z.int(),
    /** Fewest and most steps of a walk. */
    steps,
    /** Products of each shop. */
    products: z.int(),
    /** Walks through one shop before the next. */
    walks: z.int(),
    /** What the instructions are like. */
    goals: z.enum(['human', 'synthetic']),
  }),
])
export type PlayRecipe = z.infer<typeof playSchema>

/** A walk, and the steps whose answers nobody could foresee: there is nothing to learn from them but noise. */
export interface Walk extends Conversation {
  unforeseen: ReadonlySet<number>
}

/** Walks by number. */
export interface Walks {
  /** What an agent is told before all. */
  readonly prompt: string
  /** The number of the first walk. */
  readonly first: number
  walk(number: number, length: number, random: Random): Promise<Walk>
  /** The same place again, for expert and judge. */
  start(number: number): Promise<Episode>
}

/**
 * The walks that a recipe asks for.
 *
 * @example
 * const { steps } = await openWalks(recipe.play).walk(1_000_000, 20, createRandom('walk', 1))
 */
export function openWalks(play: PlayRecipe): Walks {
  return play.environment === 'webshop' ? shopWalks(play) : householdWalks(play)
}

function householdWalks(play: Extract<PlayRecipe, { most: number }>): Walks {
  const layouts = createLayouts(play.most)
  return {
    prompt: '',
    first: play.from,
    async walk(number, length, random) {
      const game = generateGame(layouts, 'train', number)
      const { instruction, observation: opening } = createGameEpisode(game)
      return { instruction, opening, steps: wanderAtHome(game, random, length), unforeseen: new Set() }
    },
    start: async number => createGameEpisode(generateGame(layouts, 'train', number)),
  }
}

function shopWalks({ from, products, walks, goals }: Extract<PlayRecipe, { products: number }>): Walks {
  let open: { seed: number; webshop: Webshop } | undefined
  const place = async (number: number) => {
    const seed = from + Math.floor(number / walks)
    if (open?.seed !== seed) {
      await open?.webshop.close()
      open = { seed, webshop: await openWebshop({ made: { products, seed }, goals }) }
    }
    const { webshop } = open
    const index = (number % walks) % webshop.shop.goals.length
    const task = { id: `${goals}-${index}`, environment: 'webshop', split: '', kind: '' }
    return { shop: webshop.shop, index, episode: await webshop.start(task) }
  }
  return {
    prompt: SHOP_PROMPT,
    first: 0,
    async walk(number, length, random) {
      const { shop, index, episode } = await place(number)
      const { instruction, observation: opening } = episode
      const steps = wanderInShop(shop, index, random, length)
      return { instruction, opening, steps, unforeseen: newListings(steps) }
    },
    start: async number => (await place(number)).episode,
  }
}

/** The steps that bring up products for the first time; the same list again could be foreseen. */
function newListings(steps: readonly Step[]): Set<number> {
  const listings = steps.map(({ observation }) => (observation.includes('(Total results: ') ? observation : ''))
  return new Set(listings.flatMap((listing, at) => (listing !== '' && listings.indexOf(listing) === at ? [at] : [])))
}

/**
 * Texts with all words that a student will meet: walks, and golden trajectories with their judge's words.
 *
 * @param count how many walks
 * @param length the steps of each
 */
export async function walkTexts(walks: Walks, count: number, length: number, seed: number): Promise<string[]> {
  const texts: string[] = []
  for (let number = 0; number < count; number++) {
    const { opening, steps } = await walks.walk(walks.first + number, length, createRandom('walk', seed, number))
    const walked = await walks.start(walks.first + number)
    const judge = walked.judge!()
    texts.push(walks.prompt, opening)
    for (const step of steps) {
      const misstep = await judge.judge(step, await walked.step(step.action))
      texts.push(formatMove(step), step.observation, misstep?.reflection ?? '')
    }
    const golden = await walks.start(walks.first + number)
    while (!golden.done) {
      const move = (await golden.expert!('seen'))!
      texts.push(formatMove(move), (await golden.step(move.action)).observation)
    }
  }
  return texts
}
