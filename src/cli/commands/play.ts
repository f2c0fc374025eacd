/**
 * `misstep play`: a person, or an expert, plays an environment in the terminal.
 * @module
 */
import { type Command, Option } from 'commander'
import { keyValue } from '../environment-choice.ts'
import { examples, inputPath, wholeNumber } from '../options.ts'

interface PlayFlags {
  task?: string
  kind?: string
  split?: string
  index: number
  expert?: true
  expertSight: 'seen' | 'everything'
  games?: string
  option?: Record<string, unknown>
  list?: true
  json?: true
}

export function addPlayCommand(program: Command): void {
  program
    .command('play')
    .description('play an environment by hand, or watch its expert')
    .argument('<environment>', 'its name, or the file of one of your own, such as ./my-world.js')
    .option('--task <id>', 'this very task')
    .option('--split <name>', 'a task of this split (default: the first one)')
    .option('--kind <name>', 'a task of this kind')
    .option('--index <number>', 'which of these tasks, counted from 0', wholeNumber(), 0)
    .option('--expert', 'the expert plays, step by step')
    .addOption(
      new Option('--expert-sight <sight>', 'what the expert knows').choices(['seen', 'everything']).default('seen'),
    )
    .option('--games <folder>', 'where the games are (alfworld)', inputPath())
    .option('--option <key=value>', 'an option of the environment, as in evaluate; may be repeated', keyValue)
    .option('--list', 'list the tasks and play none')
    .option('--json', 'with --list: one JSON object a line')
    .addHelpText(
      'after',
      examples(
        'misstep play households',
        'misstep play households --split unseen --kind pick_heat_then_place_in_recep --expert',
        "printf 'look\\ninventory\\n' | misstep play alfworld --index 3",
        'misstep play sciworld --option splits=official --option kinds=[boil] --expert',
        'misstep play ./my-world.js --list',
      ),
    )
    .action(async (name: string, flags: PlayFlags) => {
      const { openEnvironment } = await import('../../environments/registry.ts')
      const environment = await openEnvironment({
        ...flags.option,
        ...(flags.games !== undefined && { games: flags.games }),
        name,
      })
      try {
        const { chooseTask, matchingTasks } = await import('../play/choose-task.ts')
        if (flags.list) {
          for (const task of await matchingTasks(environment, flags)) {
            console.log(flags.json ? JSON.stringify(task) : `${task.id}  ${task.kind}`)
          }
          return
        }
        const task = await chooseTask(environment, flags)
        if (flags.expert) {
          const { playExpert } = await import('../play/play-expert.ts')
          await playExpert(environment, task, flags.expertSight)
        } else {
          const { playInTerminal } = await import('../play/play-in-terminal.ts')
          await playInTerminal(environment, task)
        }
      } finally {
        await environment.close()
      }
    })
}
