/**
 * `misstep evaluate`: how well any model plays an environment.
 * @module
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { keyValue } from '../environment-choice.ts'
import type { EvaluateFlags } from '../evaluate-model-command.ts'
import { examples, inputPath, wholeNumber } from '../options.ts'

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('let any model play an environment, and say how well; what was stopped goes on with the same command')
    .argument('<environment>', 'its name, or the file of one of your own, such as ./my-world.js')
    .requiredOption(
      '--model <model>',
      'the address of an OpenAI-compatible endpoint, a YAML file of one, or a checkpoint',
    )
    .option('--name <name>', "the model's name at the endpoint (default: the only one that it has)")
    .option('--key <variable>', 'the environment variable that holds the key')
    .option('--split <name>', 'which tasks (default: unseen, or what the protocol has)')
    .option('--protocol <name>', 'evaluate as papers do, to compare figures: eto')
    .option('--limit <number>', 'only the first so many tasks', wholeNumber(1))
    .option('--option <key=value>', 'an option of the environment; may be repeated', keyValue)
    .option('--examples <number>', 'worked examples in the prompt (default: 0, or as the protocol says)', wholeNumber())
    .addOption(new Option('--format <name>', 'how it is asked (default: react)').choices(['react', 'eto', 'tools']))
    .option('--explain', 'tell it how to answer, and the commands (default for an endpoint)')
    .option('--no-explain', 'do not: it was trained here (default for a checkpoint)')
    .option('--answer-tokens <number>', 'most tokens of an answer (default: 200)', wholeNumber(1))
    .option('--temperature <number>', 'default: 0, always the likeliest', readTemperature)
    .option('--step-limit <number>', "most steps of an episode (default: the environment's)", wholeNumber(1))
    .option('--device <name>', 'what computes a checkpoint: cpu, auto or a provider of ONNX Runtime (default: cpu)')
    .addOption(
      new Option('--constrain <to>', 'hold a checkpoint to the admissible actions: privileged information').choices([
        'admissible',
      ]),
    )
    .addOption(
      new Option('--judge <who>', 'measure self-correction: who judges each step')
        .choices(['none', 'oracle'])
        .default('none'),
    )
    .option('--seed <number>', 'for what is left to chance', wholeNumber(), 0)
    .option('--episodes-at-once <number>', 'how many', wholeNumber(1), 32)
    .option('--record <file>', 'where every exchange is kept (default: exchanges.jsonl in --out)')
    .option('--replay <file>', 'answer from such a file, without the network', inputPath())
    .option('--out <folder>', 'where the episodes and the result go (default: a name in evaluations/)')
    .option('--json', 'print result.json in place of the table')
    .addHelpText(
      'after',
      examples(
        'misstep evaluate alfworld --model http://127.0.0.1:8000/v1 --split unseen --protocol eto',
        'misstep evaluate webshop --model endpoint.yaml --split test --protocol eto --option catalogue=~/webshop/shop',
        'misstep evaluate households --model students/household-base --limit 50 --judge oracle',
        'misstep evaluate ./my-world.js --model https://api.example.com/v1 --name large --key MY_KEY --examples 2',
      ),
    )
    .action(async (name: string, flags: EvaluateFlags) => {
      const { evaluateCommand } = await import('../evaluate-model-command.ts')
      await evaluateCommand(name, flags)
    })
}

function readTemperature(text: string): number {
  const value = Number(text)
  if (/^\d*\.?\d+$/.test(text) && value <= 2) return value
  throw new InvalidArgumentError('It must be a number from 0 to 2.')
}
