/**
 * How likely a model finds each of several ways to go on.
 * @module
 */
import type { Random } from '../../core/random.ts'
import type { Scheduler, Sequence } from './scheduler.ts'

/** The smallest that a float32 holds: a probability of 0 is one that was rounded. */
const SMALLEST = 2 ** -149

/**
 * The log-probability of each ending, in nats, after a sequence of which at least the last token is not read. The
 * sequence is read once, then all endings in one pass, each behind the keys and values of the sequence.
 *
 * @param endings each of at least one token
 */
export async function scoreEndings(
  scheduler: Pick<Scheduler, 'read' | 'release'>,
  sequence: Sequence,
  endings: readonly (readonly number[])[],
): Promise<number[]> {
  const begin = sequence.ids.length
  /** By ending and token: where memory is short, a token may be read twice. */
  const logs = endings.map(ending => ending.map(() => 0))
  const note = (index: number, at: number, probabilities: Float32Array) => {
    logs[index]![at] = Math.log(Math.max(probabilities[endings[index]![at]!]!, SMALLEST))
  }
  await scheduler.read(sequence, {
    from: begin - 1,
    take: probabilities => {
      for (const index of endings.keys()) note(index, 0, probabilities)
    },
  })
  await Promise.all(
    endings.map(async (ending, index) => {
      if (ending.length === 1) return
      const branch: Sequence = { ids: [...sequence.ids, ...ending.slice(0, -1)], read: 0, slot: -1 }
      const take = (probabilities: Float32Array, position: number) => note(index, position - begin + 1, probabilities)
      try {
        await scheduler.read(branch, { from: begin, take, parent: sequence })
      } finally {
        scheduler.release(branch)
      }
    }),
  )
  return logs.map(each => each.reduce((sum, log) => sum + log, 0))
}

/**
 * The likeliest (the first of equals) at temperature 0, else one drawn with a single random number.
 *
 * @returns its index; -1 when a score is no number
 */
export function chooseEnding(scores: readonly number[], temperature: number, random: Random): number {
  const highest = Math.max(...scores)
  if (Number.isNaN(highest)) return -1
  if (temperature === 0) return scores.indexOf(highest)
  const weights = scores.map(score => Math.exp((score - highest) / temperature))
  let rest = random.next() * weights.reduce((sum, weight) => sum + weight, 0)
  const drawn = weights.findIndex(weight => {
    rest -= weight
    return rest < 0
  })
  return drawn < 0 ? scores.indexOf(highest) : drawn
}
