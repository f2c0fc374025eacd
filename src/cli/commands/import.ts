/**
 * `misstep import`: trajectories that others have published, as ours.
 * @module
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { FORMATS } from '../../import/recording.ts'
import { keyValue } from '../environment-choice.ts'
import type { ImportFlags } from '../import-files.ts'
import { examples, inputPaths, wholeNumber } from '../options.ts'

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description("take over trajectories of others: their moves, played again in the environment's own words")
    .argument('<file...>', 'JSON or JSONL, gzipped or not', inputPaths)
    .addOption(new Option('--from <format>', 'what the files are').choices(FORMATS).makeOptionMandatory())
    .requiredOption('--environment <name>', 'its name, or the file of one of your own')
    .requiredOption('--to <file>', 'the trajectories, one JSON object a line')
    .option('--option <key=value>', 'an option of the environment; may be repeated', keyValue)
    .option('--keep <which>', 'won, all, or the least reward, such as 0.7', readKeep, 'won')
    .option('--without-rejected', 'leave out moves that the environment rejects, where the rest is as good')
    .option('--no-replay', 'take the recordings at their word, and their observations as they are')
    .option('--agent <name>', 'whose moves they are (default: the format)')
    .option('--limit <number>', 'at most so many records of each file', wholeNumber(1))
    .option('--report <file>', 'what was dropped and why (default: --to, with .report.json)')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      examples(
        'misstep import alfworld_sft.json --from eto --environment alfworld --to golden.jsonl',
        'misstep import alfworld_sft.json --from eto --environment alfworld --option profile=2.1.1-react --to golden.jsonl',
        'misstep import webshop_train.json --from agentgym --environment webshop --option catalogue=~/webshop/data --to shop.jsonl',
        'misstep import chats.jsonl --from openai --environment ./my-world.js --keep all --to mine.jsonl',
      ),
    )
    .action(async (files: string[], flags: ImportFlags) => {
      const { importFiles } = await import('../import-files.ts')
      await importFiles(files, flags)
    })
}

function readKeep(text: string): 'won' | 'all' | number {
  if (text === 'won' || text === 'all') return text
  const least = Number(text)
  if (/^\d*\.?\d+$/.test(text) && least <= 1) return least
  throw new InvalidArgumentError('It must be won, all, or a reward from 0 to 1.')
}
