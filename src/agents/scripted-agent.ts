/**
 * Plays what was written down before: for tests, and to replay.
 * @module
 */
import type { Agent, Situation } from '../core/agent.ts'
import type { Move } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'

/** Moves, or actions where no thought matters. */
export type Script = readonly (Move | string)[]

/**
 * An agent that plays a list of moves, or for each task a list of its own. A teacher's steps in between are not counted.
 *
 * @throws {MisstepError} `usage`, when a move is asked for and none is left
 * @example
 * const agent = createScriptedAgent({ script: ['go to drawer 1', { thought: 'It is closed.', action: 'open drawer 1' }] })
 */
export function createScriptedAgent(options: {
  script: Script | ((situation: Situation) => Script)
  name?: string
}): Agent {
  const { script, name = 'script' } = options
  return {
    name,
    async act(situation) {
      const moves = typeof script === 'function' ? script(situation) : script
      const played = situation.steps.filter(step => step.by !== 'teacher').length
      const move = moves[played]
      if (move === undefined) {
        throw new MisstepError('usage', `The script for ${situation.task.id} has no move left`, {
          value: { moves: moves.length },
          advice: 'Set the step limit to the number of its moves.',
        })
      }
      return typeof move === 'string' ? { thought: '', action: move } : move
    },
  }
}
