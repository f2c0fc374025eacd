/**
 * `misstep teacher-report`: how good a teacher is, against the oracle on the same steps.
 * @module
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { keyValue } from '../environment-choice.ts'
import { examples, inputPath, inputPaths, wholeNumber } from '../options.ts'
import type { TeacherReportFlags } from '../print-teacher-report.ts'

export function addTeacherReportCommand(program: Command): void {
  program
    .command('teacher-report')
    .description('measure a teacher against the oracle on the steps of recorded trajectories')
    .argument(
      '<trajectories...>',
      'files of trajectories, such as runs/quickstart/trajectories/reflected.jsonl',
      inputPaths,
    )
    .option('--recipe <file>', 'the teacher and the environment of this recipe', inputPath())
    .option('--teacher <model>', 'an OpenAI-compatible endpoint, a YAML file of one, or a checkpoint')
    .option('--model <name>', 'with --teacher: its name there (default: the only one)')
    .option('--key <variable>', 'with --teacher: the environment variable that holds its key')
    .option('--price <in,out>', 'with --teacher: prices of a million tokens', readPrice)
    .addOption(
      new Option('--sees <sight>', 'with --teacher: what it is shown').choices(['seen', 'everything']).default('seen'),
    )
    .option('--prompt <file>', 'with --teacher: a prompt of your own (see prompts/teacher.md)', inputPath())
    .option('--attempts <number>', 'with --teacher: how often it is asked about a step at most', wholeNumber(1), 3)
    .option('--device <name>', 'with a checkpoint: what computes it, as for `misstep evaluate` (default: cpu)')
    .option('--environment <name>', 'its name, or the file of one of your own (default: as the trajectories say)')
    .option('--option <key=value>', 'an option of the environment; may be repeated', keyValue)
    .option('--limit <episodes>', 'at most so many episodes', wholeNumber(1))
    .option('--at-once <episodes>', 'episodes that are open at once', wholeNumber(1), 16)
    .option('--record <file>', 'keep every answer here; those that it holds are not asked for again')
    .option('--replay <file>', 'take all answers from here, without the network', inputPath())
    .option('--json', 'print counts and measures as JSON')
    .addHelpText(
      'after',
      examples(
        'misstep teacher-report reflected.jsonl --teacher http://127.0.0.1:8000/v1 --model qwen --limit 50',
        'misstep teacher-report runs/mine/trajectories/reflected.jsonl --recipe mine.yaml --record answers.jsonl',
        'misstep teacher-report reflected.jsonl --teacher https://api.example.com/v1 --model m --key API_KEY --price 0.5,1.5',
      ),
    )
    .action(async (files: string[], flags: TeacherReportFlags) => {
      const { printTeacherReport } = await import('../print-teacher-report.ts')
      await printTeacherReport(files, flags)
    })
}

function readPrice(text: string): { in: number; out: number } {
  const [, priceIn, priceOut] = /^(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text) ?? []
  if (priceIn === undefined) throw new InvalidArgumentError('It must be two numbers, such as 0.5,1.5.')
  return { in: Number(priceIn), out: Number(priceOut) }
}
