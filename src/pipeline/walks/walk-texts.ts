/**
 * The texts that a tokenizer for walks is counted on.
 * @module
 */
import { createRandom } from '../../core/random.ts'
import { formatMove } from '../../render/index.ts'
import type { Walks } from './walk.ts'

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
    await golden.close?.()
    await walked.close?.()
  }
  return texts
}
