/**
 * Shows an expert's way through a task.
 * @module
 */

import colors from 'picocolors'
import type { Environment, Sight, Task } from '../../core/environment.ts'
import { MisstepError } from '../../core/errors.ts'
import { counted } from '../../evaluate/format.ts'
import { safeText } from '../safe-text.ts'
import { printOutcome } from './play-by-hand.ts'

/** Milliseconds after which a person wonders whether anything still happens. */
const PATIENCE = 2000

/**
 * Lets the expert play up to the environment's step limit and prints each step.
 *
 * @param patience milliseconds after which it says that the expert is still looking for its way
 * @throws {MisstepError} `environment` when there is no expert
 */
export async function playExpert(
  environment: Environment,
  task: Task,
  sight: Sight,
  patience = PATIENCE,
): Promise<void> {
  const episode = await environment.start(task)
  const print = (text: string) => console.log(text)
  try {
    if (!episode.expert) throw new MisstepError('environment', `The environment ${environment.name} has no expert`)
    print(colors.dim(`${task.environment} ${task.id} (${task.kind})`))
    print(safeText(episode.observation))
    if (!episode.observation.includes(episode.instruction)) print(colors.bold(safeText(episode.instruction)))
    let taken = 0
    while (!episode.done && taken < environment.stepLimit) {
      const move = await withWord(episode.expert(sight), patience)
      if (!move) {
        print('\nThe expert knows no way.')
        break
      }
      taken++
      print(`\n${colors.dim(`${taken}  ${safeText(move.thought)}`)}\n${colors.green(`> ${safeText(move.action)}`)}`)
      printOutcome(await episode.step(move.action), print)
    }
    print(`\n${episode.won ? colors.green('Won') : colors.red('Not won')} after ${counted(taken, 'step')}.`)
  } finally {
    await episode.close()
  }
}

/** SciWorld's expert takes up to a minute when it first looks for the way through a task; later it knows it. */
async function withWord<T>(looking: Promise<T>, patience: number): Promise<T> {
  const timer = setTimeout(() => {
    console.error(colors.dim('The expert is looking for its way; the first time this may take a minute.'))
  }, patience)
  try {
    return await looking
  } finally {
    clearTimeout(timer)
  }
}
