/**
 * `misstep show`: one trajectory, or one row of training data, in colours.
 * @module
 */
import { type Command, Option } from 'commander'
import type { MaskPolicy } from '../../render/mask.ts'
import { examples, wholeNumber } from '../options.ts'

interface ShowFlags {
  index?: number
  id?: string
  tokens?: true
  student?: string
  mask: MaskPolicy
  environment?: string
  json?: true
}

export function addShowCommand(program: Command): void {
  program
    .command('show')
    .description('show a trajectory: who acted, what was judged an error, what is masked')
    .argument('<file>', 'trajectories or examples, one JSON object a line')
    .option('--index <number>', 'which one, counted from 0 (default: 0)', wholeNumber())
    .option('--id <id>', 'the one with this id')
    .option('--tokens', 'show its tokens and which of them carry loss; needs --student')
    .option('--student <folder>', 'the checkpoint whose tokenizer and chat template to use')
    .addOption(
      new Option('--mask <policy>', 'with --tokens of a trajectory: what is masked')
        .choices(['errors', 'none', 'corrections-only'])
        .default('errors'),
    )
    .option('--environment <name>', 'with --tokens of a trajectory: the environment, whose prompt stands before it')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      examples(
        'misstep show runs/quickstart/trajectories/reflected.jsonl --index 3',
        'misstep show runs/quickstart/examples/step.jsonl --student runs/quickstart/checkpoints/step',
        'misstep show runs/quickstart/trajectories/reflected.jsonl --tokens --student students/household-base',
      ),
    )
    .action(async (file: string, flags: ShowFlags) => {
      const { findItem } = await import('../show/find-item.ts')
      const { item, index, count } = await findItem(file, flags)
      if (flags.json) {
        console.log(JSON.stringify('trajectory' in item ? item.trajectory : item.example))
        return
      }
      if ('example' in item || flags.tokens) {
        const { tokensText } = await import('../show/tokens-text.ts')
        console.log(await tokensText(item, flags))
      } else {
        const { trajectoryText } = await import('../show/trajectory-text.ts')
        console.log(trajectoryText(item.trajectory))
      }
      if (count > 1) process.stderr.write(`\n${index} of 0 to ${count - 1}; --index or --id shows another.\n`)
    })
}
