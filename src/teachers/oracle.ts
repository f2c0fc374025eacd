/**
 * The oracle teacher: an environment's own judgement, given only what the episode has shown.
 * @module
 */
import type { Teacher, Watch } from '../core/agent.ts'
import type { Episode, Misstep, Move } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'

/**
 * A teacher that judges by the environment's `judge()`. Each correction is tried on a fork of the
 * episode first: one that the environment would not accept is withheld, and the verdict stands without it.
 *
 * @throws {MisstepError} when the environment offers no judge
 * @example
 * const teacher = createOracleTeacher()
 * for await (const trajectory of play({ environment, tasks, agent, teacher })) { ... }
 */
export function createOracleTeacher(): Teacher {
  return {
    name: 'oracle',
    watch(episode): Watch {
      const judge = episode.judge?.()
      if (!judge) {
        throw new MisstepError('environment', 'The oracle teacher needs an environment whose episodes have judge()', {
          advice: 'Add judge() to the environment; a recipe that only evaluates can say evaluate: { judge: none }.',
        })
      }
      return {
        async judge(move, outcome) {
          const misstep = await judge.judge(move, outcome)
          if (!misstep?.correction || (await isAccepted(episode, misstep.correction))) return misstep
          const { correction: _, ...withoutCorrection } = misstep
          return withoutCorrection satisfies Misstep
        },
        observe: (move, outcome) => judge.observe(move, outcome),
      }
    },
  }
}

async function isAccepted(episode: Episode, correction: Move): Promise<boolean> {
  if (episode.done) return false
  if (!episode.fork) return true
  const fork = await episode.fork()
  try {
    return (await fork.step(correction.action)).accepted
  } finally {
    await fork.close()
  }
}
