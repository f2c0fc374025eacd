/**
 * `misstep fine-tune`: has a provider train on exported rows.
 * @module
 */
import { type Command, InvalidArgumentError } from 'commander'
import { examples, inputPath, wholeNumber } from '../options.ts'

interface FineTuneFlags {
  model: string
  url?: string
  key?: string
  suffix?: string
  seed?: number
  set: Record<string, unknown>
  state?: string
  poll?: number
  json?: true
}

export function addFineTuneCommand(program: Command): void {
  program
    .command('fine-tune')
    .description("have a provider with OpenAI's fine-tuning API train on rows; goes on where it was stopped")
    .argument('<rows>', 'a file of `misstep export --to openai`', inputPath(MAKE_ROWS))
    .requiredOption('--model <name>', 'the model to start from, as the provider knows it')
    .option('--url <address>', "up to where the API's paths begin (default: https://api.openai.com/v1)")
    .option('--key <variable>', 'the NAME of the environment variable that holds the key (default: OPENAI_API_KEY)')
    .option('--suffix <text>', "added by the provider to the new model's name")
    .option('--seed <number>', "the provider's seed", wholeNumber())
    .option('--set <name=value>', "a hyperparameter of the provider's, such as n_epochs=3; several times", setting, {})
    .option('--state <file>', 'what a later call goes on from (default: the file of rows, with .job.json)')
    .option('--poll <seconds>', 'between two questions how far it is (default: 20)', seconds)
    .option('--json', "print the model's name, the job and the trained tokens as JSON")
    .addHelpText(
      'after',
      examples(
        'misstep export runs/quickstart --arm step --to openai --out step.jsonl',
        'misstep fine-tune step.jsonl --model gpt-4.1-mini-2025-04-14 --set n_epochs=3',
        'misstep evaluate households --model https://api.openai.com/v1 --name "$(misstep fine-tune step.jsonl --model …)"',
      ),
    )
    .action(async (rows: string, flags: FineTuneFlags) => {
      const { fineTuneFile } = await import('../fine-tune-file.ts')
      await fineTuneFile(rows, flags)
    })
}

const MAKE_ROWS = 'Make it with `misstep export <run> --arm step --to openai --out <file>`.'

/** What reads as JSON is that, such as a number; anything else is a text. */
function setting(text: string, all: Record<string, unknown>): Record<string, unknown> {
  const [, name, value] = /^([\w.-]+)=(.+)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be name=value.')
  try {
    return { ...all, [name]: JSON.parse(value) as unknown }
  } catch {
    return { ...all, [name]: value }
  }
}

function seconds(text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError('It must be a number above 0.')
}
