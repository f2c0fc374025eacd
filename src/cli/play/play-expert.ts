/**
 * Shows an expert's way through a task.
 * @module
 */
import colors from 'picocolors'
import type { Environment, Sight, Task } from '../../core/environment.ts'
import { MisstepError } from '../../core/errors.ts'
import { FoundFault } from '../end-with.ts'
import { safeText } from '../safe-text.ts'
import { printOutcome } from './play-by-hand.ts'

/**
 * Lets the expert play up to the environment's step limit and prints each step.
 *
 * @throws {MisstepError} `environment` when there is no expert
 * @throws {FoundFault} when it does not win
 */
export async function playExpert(environment: Environment, task: Task, sight: Sight): Promise<void> {
  const episode = await environment.start(task)
  const print = (text: string) => console.log(text)
  try {
    if (!episode.expert) throw new MisstepError('environment', `The environment ${environment.name} has no expert`)
    print(colors.dim(`${task.environment} ${task.id} (${task.kind})`))
    print(safeText(episode.observation))
    if (!episode.observation.includes(episode.instruction)) print(colors.bold(safeText(episode.instruction)))
    let taken = 0
    while (!episode.done && taken < environment.stepLimit) {
      const move = await episode.expert(sight)
      if (!move) {
        print('\nThe expert knows no way.')
        break
      }
      taken++
      print(`\n${colors.dim(`${taken}  ${safeText(move.thought)}`)}\n${colors.green(`> ${safeText(move.action)}`)}`)
      printOutcome(await episode.step(move.action), print)
    }
    print(`\n${episode.won ? colors.green('Won') : colors.red('Not won')} after ${taken} steps.`)
    if (!episode.won) throw new FoundFault('The expert did not win')
  } finally {
    await episode.close()
  }
}
