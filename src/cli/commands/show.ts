/**
 * `misstep show`: a trajectory or a row of training data, in colours; rows also as a page.
 * @module
 */
import { type Command, Option } from 'commander'
import type { MaskPolicy } from '../../render/mask.ts'
import { keyValue } from '../environment-choice.ts'
import { examples, inputPath, inputPaths, wholeNumber } from '../options.ts'

interface ShowFlags {
  index?: number
  id?: string
  tokens?: true
  student?: string
  mask: MaskPolicy
  environment?: string
  option?: Record<string, unknown>
  trajectories?: string[]
  html?: string
  rows: number
  json?: true
}

export function addShowCommand(program: Command): void {
  program
    .command('show')
    .description('show a trajectory: who acted, what was judged an error, what is masked')
    .argument('<file>', 'trajectories or examples, one JSON object a line', inputPath())
    .option('--index <number>', 'which one, counted from 0 (default: 0)', wholeNumber())
    .option('--id <id>', 'the one with this id')
    .option('--tokens', 'show its tokens and which of them carry loss; needs --student')
    .option('--student <folder>', 'the checkpoint whose tokenizer and chat template to use', inputPath())
    .addOption(
      new Option('--mask <policy>', 'with --tokens of a trajectory: what is masked')
        .choices(['errors', 'none', 'corrections-only'])
        .default('errors'),
    )
    .option('--environment <name>', 'with --tokens of a trajectory: whose prompt stands before it (default: its own)')
    .option('--option <key=value>', 'an option that it was played with, as in evaluate; may be repeated', keyValue)
    .option(
      '--trajectories <file...>',
      'what examples were made from: their tokens are shown with verdict and rollout',
      inputPaths,
    )
    .option('--html <file>', 'write a page with the tokens of the first rows, or of that with --index or --id')
    .option('--rows <number>', 'with --html: how many rows', wholeNumber(1), 20)
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      examples(
        'misstep show runs/quickstart/trajectories/reflected.jsonl --index 3',
        'misstep show runs/quickstart/examples/step.jsonl --student runs/quickstart/checkpoints/step',
        'misstep show runs/quickstart/trajectories/reflected.jsonl --tokens --student students/household-base',
        'misstep show runs/quickstart/examples/step.jsonl --student students/household-base --html tokens.html',
      ),
    )
    .action(async (file: string, flags: ShowFlags) => {
      if (flags.html !== undefined) {
        const { writeTokensPage } = await import('../show/write-tokens-page.ts')
        const rows = await writeTokensPage(file, flags.html, flags)
        process.stderr.write(`${rows === 1 ? 'One row' : `${rows} rows`}: ${flags.html}\n`)
        return
      }
      const { findItem } = await import('../show/find-item.ts')
      const { item, index, count } = await findItem(file, flags)
      if (flags.json) {
        console.log(JSON.stringify('trajectory' in item ? item.trajectory : item.example))
        return
      }
      if ('example' in item || flags.tokens) {
        const { createRowMaker } = await import('../show/shown-row.ts')
        const { tokensText } = await import('../show/tokens-text.ts')
        const maker = await createRowMaker(flags)
        const rows = await maker.rows(item, file, index)
        console.log(rows.map(row => tokensText(row, maker.format)).join('\n\n'))
      } else {
        const { trajectoryText } = await import('../show/trajectory-text.ts')
        console.log(trajectoryText(item.trajectory))
      }
      if (count > 1) process.stderr.write(`\n${index} of 0 to ${count - 1}; --index or --id shows another.\n`)
    })
}
