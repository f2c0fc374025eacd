/**
 * Plays anything at all.
 * @module
 */
import type { Agent, Situation } from '../core/agent.ts'
import { MisstepError } from '../core/errors.ts'
import { createRandom, type Random } from '../core/random.ts'

export interface RandomAgentOptions {
  /** Probability of an action that the environment would not accept. Default 0. */
  rejected?: number
  name?: string
}

/**
 * An agent that picks among the admissible actions, fixed by the situation's seed. With the given probability it
 * plays one that is not admissible: one of its earlier actions, or the verb of one with the object of another.
 *
 * @throws {MisstepError} `environment`, at its first move, when the environment does not list admissible actions
 * @example
 * const agent = createRandomAgent({ rejected: 0.2 })
 */
export function createRandomAgent({ rejected = 0, name = 'random' }: RandomAgentOptions = {}): Agent {
  return {
    name,
    async act(situation) {
      const admissible = situation.episode.admissible?.() ?? []
      if (admissible.length === 0) {
        throw new MisstepError('environment', 'A random agent needs an environment that lists admissible actions', {
          value: situation.task.environment,
        })
      }
      const random = createRandom('random agent', situation.seed, situation.steps.length)
      const wrong = random.chance(rejected) ? findRejected(situation, admissible, random) : undefined
      const action = wrong ?? random.pick(admissible)
      return { thought: `I try to ${action}.`, action }
    },
  }
}

/** `undefined` when none was found in a few tries. */
function findRejected({ steps }: Situation, admissible: readonly string[], random: Random): string | undefined {
  const accepted = new Set(admissible)
  for (let tries = 0; tries < 10; tries++) {
    const [verb, object] = [random.pick(admissible), random.pick(admissible)].map(action => action.split(' '))
    const mixed = [verb![0], ...object!.slice(1)].join(' ')
    const candidate = steps.length > 0 && random.chance(0.5) ? random.pick(steps).action : mixed
    if (!accepted.has(candidate)) return candidate
  }
  return undefined
}
