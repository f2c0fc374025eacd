/**
 * Aimless play in made-up shops.
 * @module
 */
import { z } from 'zod'
import type { Step } from '../../core/trajectory.ts'
import { SHOP_PROMPT, type Webshop } from '../../environments/webshop/environment.ts'
import { openWebshop } from '../../environments/webshop/open-webshop.ts'
import { wander } from '../../environments/webshop/wander.ts'
import { steps, type Walks } from './walk.ts'

export const shopPlaySchema = z.strictObject({
  environment: z.literal('webshop'),
  /** The seed of the first made-up shop to wander through; each has its own products. Beyond those of other recipes. */
  from: z.int(),
  steps,
  /** Products of each shop. */
  products: z.int(),
  /** Walks through one shop before the next. */
  walks: z.int(),
  /** What the instructions are like. */
  goals: z.enum(['human', 'synthetic']),
})

/** Many walks in one shop, then in the next. */
export function shopWalks({ from, products, walks, goals }: z.infer<typeof shopPlaySchema>): Walks {
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
      const steps = wander(shop, index, random, length)
      return { instruction, opening, steps, unforeseen: newListings(steps) }
    },
    start: async number => (await place(number)).episode,
    close: async () => open?.webshop.close(),
  }
}

/** The steps that bring up products for the first time; the same list again could be foreseen. */
function newListings(steps: readonly Step[]): Set<number> {
  const listings = steps.map(({ observation }) => (observation.includes('(Total results: ') ? observation : ''))
  return new Set(listings.flatMap((listing, at) => (listing !== '' && listings.indexOf(listing) === at ? [at] : [])))
}
