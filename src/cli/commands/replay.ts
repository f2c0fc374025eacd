/**
 * `misstep replay`: plays what was recorded again, and compares every byte.
 * @module
 */
import type { Command } from 'commander'
import { keyValue } from '../environment-choice.ts'
import { examples, inputPath, inputPaths } from '../options.ts'

interface ReplayFlags {
  games?: string
  catalogue?: string
  option?: Record<string, unknown>
  json?: true
}

export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .description('play recorded episodes again and compare every observation, reward and end')
    .argument('<environment>', 'its name, or the file of one of your own')
    .argument(
      '<file...>',
      "Misstep's trajectories; for alfworld and webshop also recordings of the original, gzipped or not",
      inputPaths,
    )
    .option('--games <folder>', 'where the games are (alfworld)', inputPath())
    .option('--catalogue <folder>', 'where the products are (webshop)', inputPath())
    .option('--option <key=value>', 'an option of the environment, as in evaluate; may be repeated', keyValue)
    .option('--json', 'print counts and the first difference as JSON')
    .addHelpText(
      'after',
      examples(
        'misstep replay households runs/quickstart/trajectories/golden.jsonl',
        'misstep replay sciworld evaluations/mine/trajectories.jsonl --option splits=official',
        'misstep replay alfworld transcripts.jsonl.gz --games ~/alfworld',
        'misstep replay webshop transcripts.jsonl.gz --catalogue ~/webshop/data',
      ),
    )
    .action(async (name: string, files: string[], flags: ReplayFlags) => {
      const { replayFiles } = await import('../replay/replay-files.ts')
      await replayFiles(name, files, flags)
    })
}
