/**
 * Puts a person's terminal, or a pipe, at the table of `playByHand`.
 * @module
 */

import { createInterface } from 'node:readline'
import colors from 'picocolors'
import type { Environment, Episode, Task } from '../../core/environment.ts'
import { MisstepError } from '../../core/errors.ts'
import { counted } from '../../evaluate/format.ts'
import { playByHand } from './play-by-hand.ts'

/**
 * Plays a task with the lines of standard input. On a terminal the Tab key completes admissible actions and the arrow
 * keys bring earlier lines back; from a pipe the lines are repeated in the output.
 *
 * @throws {MisstepError} `interrupted` on Ctrl-C
 */
export async function playInTerminal(environment: Environment, task: Task): Promise<void> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  let episode: Episode = await environment.start(task)
  let interrupted = false
  const input = createInterface({
    input: process.stdin,
    ...(isTerminal && { output: process.stdout }),
    terminal: isTerminal,
    prompt: colors.cyan('> '),
    completer: (line: string) => [(episode.admissible?.() ?? []).filter(action => action.startsWith(line)), line],
  })
  input.on('SIGINT', () => {
    interrupted = true
    input.close()
  })
  const lines = isTerminal ? input : echoed(input)
  console.log(colors.dim(`${task.environment} ${task.id} (${task.kind})`))
  try {
    const taken = await playByHand(episode, {
      lines,
      print: text => console.log(text),
      ready: () => isTerminal && input.prompt(),
      onEpisode: current => {
        episode = current
      },
    })
    if (interrupted) throw new MisstepError('interrupted', 'Stopped.')
    const verdict = episode.won ? colors.green('Won') : episode.done ? colors.red('Lost') : 'Left'
    console.log(`\n${verdict} after ${counted(taken, 'step')}, reward ${episode.reward}.`)
  } finally {
    input.close()
  }
}

async function* echoed(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) {
    console.log(colors.cyan(`> ${line}`))
    yield line
  }
}
