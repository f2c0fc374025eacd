/**
 * The oracle teacher: an environment's own judgement, given only what the episode has shown.
 * @module
 */
import type { Teacher, Watch } from '../core/agent.ts'
import type { Episode, Misstep, Move, StepJudge } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { UNJUDGED } from '../core/trajectory.ts'
import { tryOnFork } from './try-on-fork.ts'

/**
 * A teacher that judges by the environment's `judge()`. Each correction is tried on a fork of the
 * episode first: one that the environment would not accept is withheld, and the verdict stands without it.
 *
 * Before a step is made, it is judged on a fork, and what to do in its place is the expert's next step. A judge on a fork
 * remembers nothing from before it.
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
      const judge = judgeOf(episode)
      return {
        async judge(move, outcome) {
          return withholdRejected(episode, await judge.judge(move, outcome))
        },
        async consider(move) {
          const foreseen = await foresee(episode, move)
          return foreseen && withholdRejected(episode, foreseen)
        },
        observe: (move, outcome) => judge.observe(move, outcome),
      }
    },
  }
}

function judgeOf(episode: Episode): StepJudge {
  const judge = episode.judge?.()
  if (judge) return judge
  throw new MisstepError('environment', 'The oracle teacher needs an environment whose episodes have judge()', {
    advice: 'Add judge() to the environment; a recipe that only evaluates can say evaluate: { judge: none }.',
  })
}

/** Judges the step on a fork; what corrects it is what the expert would do before it. */
async function foresee(episode: Episode, move: Move): Promise<Misstep | undefined> {
  if (!episode.fork) {
    throw new MisstepError('environment', 'To judge a step before it is made, episodes must have fork()', {
      advice: 'Add fork() to the environment, or say reflect: { when: after }.',
    })
  }
  const fork = await episode.fork()
  try {
    const judge = judgeOf(fork)
    const correction = await fork.expert?.('seen')
    const misstep = await judge.judge(move, await fork.step(move.action))
    if (!misstep || misstep.kind === UNJUDGED) return misstep
    const { kind, hopeless } = misstep
    const reflection = `Wait. After that I would have to say: ${misstep.reflection}`
    return { kind, reflection, ...(correction && { correction }), ...(hopeless && { hopeless }) }
  } finally {
    await fork.close()
  }
}

async function withholdRejected(episode: Episode, misstep: Misstep | undefined): Promise<Misstep | undefined> {
  if (!misstep?.correction) return misstep
  const { correction, ...withoutCorrection } = misstep
  if (episode.done) return withoutCorrection
  return (await tryOnFork(episode, correction.action))?.accepted === false ? withoutCorrection : misstep
}
