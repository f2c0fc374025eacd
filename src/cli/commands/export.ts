/**
 * `misstep export`: training data in another trainer's dialect.
 * @module
 */
import { type Command, Option } from 'commander'
import type { MaskPolicy } from '../../render/mask.ts'
import { keyValue } from '../environment-choice.ts'
import { examples, inputPath, inputPaths, wholeNumber } from '../options.ts'

interface ExportFlags {
  to: string
  out: string
  arm?: string
  mask?: MaskPolicy
  environment?: string
  option?: Record<string, unknown>
  keep?: 'won' | 'all'
  student?: string
  maxTokens?: number
  split: boolean
  json?: true
}

/** As in src/export; written out here so that help is instant. */
const DIALECTS = [
  'trl',
  'axolotl-tokens',
  'together',
  'axolotl',
  'ms-swift',
  'llama-factory',
  'llama-factory-v1',
  'openai',
  'mistral',
  'fireworks',
  'together-messages',
  'tinker',
]

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write training data, with its loss mask, in the dialect of another trainer')
    .argument('<sources...>', 'the folder of a run; or files of examples (tokens) or of trajectories', inputPaths)
    .addOption(new Option('--to <dialect>', 'the trainer').choices(DIALECTS).makeOptionMandatory())
    .requiredOption('--out <file>', 'the file to write')
    .option('--arm <name>', 'with a run: the arm whose data to take')
    .addOption(
      new Option('--mask <policy>', 'with trajectories: which steps carry no loss (default: errors)').choices([
        'errors',
        'none',
        'corrections-only',
      ]),
    )
    .addOption(
      new Option('--keep <which>', 'with trajectories: those that reached the goal, or all (default: won)').choices([
        'won',
        'all',
      ]),
    )
    .option(
      '--student <folder>',
      'with trajectories and a dialect of tokens: the checkpoint to render them for',
      inputPath(),
    )
    .option('--max-tokens <number>', 'with --student: longer rows are left out (default: none is)', wholeNumber(1))
    .option('--environment <name>', 'whose prompt stands before each trajectory, or its module (default: its own)')
    .option('--option <key=value>', 'an option that it was played with, as in evaluate; may be repeated', keyValue)
    .option('--no-split', 'with llama-factory: one row a trajectory; refused where this would lose the mask')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      examples(
        'misstep export runs/quickstart --arm step --to trl --out step.jsonl',
        'misstep export runs/quickstart --arm step --to openai --out step.jsonl',
        'misstep export runs/quickstart/trajectories/reflected.jsonl --to axolotl --out reflected.jsonl',
        'misstep export golden.jsonl --to trl --student models/qwen --max-tokens 4096 --out rows.jsonl',
        'misstep export evaluations/mine/trajectories.jsonl --option splits=official --to axolotl --out rows.jsonl',
      ),
    )
    .action(async (sources: string[], flags: ExportFlags) => {
      const { exportData } = await import('../export-data.ts')
      await exportData(sources, flags)
    })
}
