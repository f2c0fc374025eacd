/**
 * An environment's own expert as an agent.
 * @module
 */
import type { Agent } from '../core/agent.ts'
import type { Move, Sight } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'

/** What the expert does where it knows no way: an episode runs into its step limit, it does not end the run. */
const NO_WAY: Move = { thought: 'I know no way to go on.', action: 'look' }

/**
 * An agent that asks the environment's expert. Where the expert knows no way it plays `look`, so that the episode is
 * written down as not won.
 *
 * @param options.sight what the expert may know: only what the episode has shown, or everything
 * @throws {MisstepError} `environment`, at its first move, when the environment has no expert
 * @example
 * for await (const trajectory of play({ environment, tasks, agent: createExpertAgent({ sight: 'seen' }), by: 'expert' })) { … }
 */
export function createExpertAgent({ sight, name = 'expert' }: { sight: Sight; name?: string }): Agent {
  return {
    name,
    async act({ episode, task }) {
      if (!episode.expert) {
        throw new MisstepError('environment', 'The environment has no expert', {
          value: task.environment,
          advice: 'Add expert() to its episodes, or let another agent play.',
        })
      }
      return (await episode.expert(sight)) ?? NO_WAY
    },
  }
}
