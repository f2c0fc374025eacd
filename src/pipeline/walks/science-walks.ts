/**
 * Aimless play in the house of SciWorld.
 * @module
 */
import { z } from 'zod'
import { openSciworld } from '../../environments/sciworld/open-sciworld.ts'
import { wander } from '../../environments/sciworld/wander.ts'
import { steps, type Walks } from './walk.ts'

export const sciencePlaySchema = z.strictObject({
  environment: z.literal('sciworld'),
  /** The number of the first walk: each is in the next task of the official train split, round and round. */
  from: z.int(),
  steps,
  /** Only in tasks of these kinds. */
  kinds: z.array(z.string()),
  /** Must let the student teleport: walks go from room to room that way. */
  simplifications: z
    .string()
    .refine(text => /\b(easy|teleportAction)\b/.test(text), 'easy or teleportAction is needed'),
})

/** Each walk is in a task of its own. */
export async function scienceWalks({
  from,
  kinds,
  simplifications,
}: z.infer<typeof sciencePlaySchema>): Promise<Walks> {
  const environment = await openSciworld({ splits: 'official', kinds, simplifications, machines: 1 })
  const tasks = await environment.tasks('train')
  const taskOf = (number: number) => tasks[number % tasks.length]!
  return {
    prompt: environment.prompt,
    first: from,
    async walk(number, length, random) {
      const run = await environment.begin(taskOf(number))
      try {
        const { description: instruction, glimpse } = run
        const walked = await wander(run, random, length)
        return { instruction, opening: glimpse.observation, steps: walked, unforeseen: new Set() }
      } finally {
        run.close()
      }
    },
    start: number => environment.start(taskOf(number)),
    close: () => environment.close(),
  }
}
