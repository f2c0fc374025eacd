/**
 * `misstep lint`: what is wrong with the loss mask of training data.
 * @module
 */
import { type Command, Option } from 'commander'
import type { MaskPolicy } from '../../render/mask.ts'
import { keyValue } from '../environment-choice.ts'
import { examples, inputPath, inputPaths, wholeNumber } from '../options.ts'

interface LintFlags {
  student?: string
  trajectories?: string[]
  environment?: string
  option?: Record<string, unknown>
  mask: MaskPolicy
  contextLength?: number
  maxLength?: number
  allowDuplicates?: true
  json?: true
}

export function addLintCommand(program: Command): void {
  program
    .command('lint')
    .description('find what is wrong with the loss mask of training data, before time is spent on it')
    .argument('<examples>', 'rows of training data, one JSON object a line', inputPath())
    .option('--student <folder>', 'its tokenizer: texts are shown, stop tokens and cut tokens are checked', inputPath())
    .option(
      '--trajectories <file...>',
      'what the rows were made from: spans and labels are compared with it',
      inputPaths,
    )
    .option('--environment <name>', 'with --trajectories: whose prompt stands before each of them (default: its own)')
    .option('--option <key=value>', 'an option that they were played with, as in evaluate; may be repeated', keyValue)
    .addOption(
      new Option('--mask <policy>', 'what the rows were rendered with')
        .choices(['errors', 'none', 'corrections-only'])
        .default('errors'),
    )
    .option('--context-length <tokens>', 'most tokens that the model reads', wholeNumber(1))
    .option('--max-length <tokens>', 'most tokens that the trainer reads of a row before it cuts', wholeNumber(1))
    .option(
      '--allow-duplicates',
      'two rows with the same tokens are no fault: tasks of a small world may be played alike',
    )
    .option('--json', 'print the findings as JSON, one a line')
    .addHelpText(
      'after',
      examples(
        'misstep lint runs/quickstart/examples/step.jsonl --student students/household-base',
        'misstep lint runs/quickstart/examples/step-unmasked.jsonl --mask none',
        'misstep lint rows.jsonl --student models/qwen --max-length 4096',
        'misstep lint rows.jsonl --json | head',
      ),
    )
    .action(async (file: string, flags: LintFlags) => {
      const { lintFile } = await import('../lint-file.ts')
      await lintFile(file, flags)
    })
}
