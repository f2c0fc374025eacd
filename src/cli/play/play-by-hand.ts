/**
 * A person plays an episode: lines in, text out.
 * @module
 */
import colors from 'picocolors'
import type { Episode, Outcome } from '../../core/environment.ts'
import { safeText } from '../safe-text.ts'

export interface Table {
  /** What the person types. */
  lines: AsyncIterable<string>
  print(text: string): void
  /** Called when the next line is awaited. */
  ready(): void
  /** Told of each change of the episode that is played, which `:undo` replaces. */
  onEpisode?(episode: Episode): void
}

const HELP = `:admissible   the actions that would be accepted now
:undo         take the last step back
:expert       what an expert would do, given what was seen (:expert everything: given everything)
:quit         leave`

/** Plays until the episode is done or the person leaves; returns the steps that were taken. */
export async function playByHand(episode: Episode, { lines, print, ready, onEpisode }: Table): Promise<number> {
  const earlier: (Episode | undefined)[] = []
  let current = episode
  const show = (episode: Episode) => {
    current = episode
    onEpisode?.(episode)
  }

  const commands: Record<string, (argument: string) => Promise<void> | void> = {
    ':help': () => print(HELP),
    ':admissible': () => print(current.admissible?.().map(safeText).join('\n') ?? 'This environment lists none.'),
    ':expert': async argument => {
      const move = await current.expert?.(argument === 'everything' ? 'everything' : 'seen')
      if (!move) return print('The expert knows no way.')
      print(`${colors.dim(safeText(move.thought))}\n${colors.green(safeText(move.action))}`)
    },
    ':undo': async () => {
      if (earlier.length === 0) return print('There is no step to take back.')
      const before = earlier.at(-1)
      if (!before) return print('This environment cannot take steps back: its episodes have no fork().')
      earlier.pop()
      await current.close()
      show(before)
      print(`${colors.dim('(step taken back)')}\n${safeText(current.observation)}`)
    },
  }

  print(`${safeText(current.observation)}\n`)
  // The opening of many benchmarks ends with the instruction already.
  if (!current.observation.includes(current.instruction)) print(`${colors.bold(safeText(current.instruction))}\n`)
  print(colors.dim(':help lists what else can be typed.'))
  try {
    onEpisode?.(current)
    ready()
    for await (const line of lines) {
      const text = line.trim()
      if (text === ':quit') break
      const [name = '', argument = ''] = text.split(/\s+/)
      const command = Object.hasOwn(commands, name) ? commands[name] : undefined
      if (command) await command(argument)
      else if (text.startsWith(':')) print(`There is no ${safeText(name)}.\n${HELP}`)
      else if (text !== '') {
        earlier.push(await current.fork?.())
        printOutcome(await current.step(text), print)
        if (current.done) break
      }
      ready()
    }
    return earlier.length
  } finally {
    for (const left of [current, ...earlier]) await left?.close()
  }
}

/** What a step brought about; why it was not accepted stands dimmed below, for an agent would not see it. */
export function printOutcome(outcome: Outcome, print: (text: string) => void): void {
  print(safeText(outcome.observation))
  if (!outcome.accepted) print(colors.dim(`(not accepted: ${safeText(outcome.reason ?? 'no reason given')})`))
}
