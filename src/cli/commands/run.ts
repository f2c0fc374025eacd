/**
 * `misstep run`: runs a recipe to its report.
 * @module
 */
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { MisstepError } from '../../core/errors.ts'
import { examples, inputPath, wholeNumber } from '../options.ts'

interface RunFlags {
  seed?: number
  name?: string
  with: string[]
  runs: string
  threads?: number
  fresh?: true
  replay?: string
  dryRun?: true
  gpu?: 'a100' | 'h100' | 'h200'
  json?: true
}

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('run a recipe to its report; one that was stopped goes on where it was')
    .argument('<recipe>', 'a recipe file, such as recipes/quickstart.yaml', inputPath())
    .option('--seed <number>', 'another seed than in the recipe; goes into the name too', wholeNumber())
    .option('--name <name>', 'another name than in the recipe')
    .option(
      '--with <variant>',
      'a variant of the recipe; may be given several times',
      (name, all: string[]) => [...all, name],
      [],
    )
    .option('--runs <folder>', 'the folder of all runs', 'runs')
    .option('--threads <number>', 'threads (default: all cores)', wholeNumber(1))
    .option('--fresh', 'begin anew; an old run of that name is moved aside')
    .option('--replay <run>', 'models behind endpoints answer as they did in that run: no network, no key', inputPath())
    .option('--dry-run', 'print what would be done, and about what it takes; nothing is done or asked')
    .addOption(new Option('--gpu <name>', 'with --dry-run: the GPUs to reckon with').choices(['a100', 'h100', 'h200']))
    .option('--json', 'print report.json in place of the table, or the dry run as JSON')
    .addHelpText(
      'after',
      examples(
        'misstep run recipes/quickstart.yaml',
        'misstep run my-recipe.yaml --seed 2',
        'misstep run recipes/step-llama2-7b.yaml --with webshop --with four-nodes --dry-run',
        'misstep run my-recipe.yaml --name again --replay runs/my-run',
        'misstep run my-recipe.yaml --runs /tmp/runs --json | jq .arms',
      ),
    )
    .action(async (recipe: string, flags: RunFlags) => {
      if (flags.dryRun) return dryRunOf(recipe, flags)
      if (flags.gpu) {
        throw new MisstepError('usage', '--gpu is for --dry-run only', {
          value: flags.gpu,
          advice: 'A run finds its GPUs by itself. Add --dry-run, or leave --gpu out.',
        })
      }
      const { runRecipe } = await import('../../pipeline/run.ts')
      const { createProgress } = await import('../../pipeline/progress.ts')
      const { withInterruption } = await import('../interruption.ts')
      const folder = await withInterruption(signal => {
        return runRecipe(recipe, { ...overridesOf(flags), progress: createProgress(), signal })
      })
      const { printResult } = await import('../print-result.ts')
      await printResult(folder, flags.json === true)
      process.stderr.write(`\nThe report: ${join(folder, 'report.html')}\n`)
    })
}

function overridesOf({ seed, name, with: variants, runs: into, threads, fresh, replay }: RunFlags) {
  return {
    into,
    variants,
    fresh: fresh === true,
    ...(seed !== undefined && { seed }),
    ...(name !== undefined && { name }),
    ...(threads !== undefined && { threads }),
    ...(replay !== undefined && { replay }),
  }
}

async function dryRunOf(recipe: string, flags: RunFlags): Promise<void> {
  const { dryRun } = await import('../../pipeline/dry-run/dry-run.ts')
  const { printDryRun } = await import('../print-dry-run.ts')
  const plan = dryRun(recipe, { ...overridesOf(flags), ...(flags.gpu && { gpu: flags.gpu }) })
  if (flags.json) console.log(JSON.stringify(plan, null, 2))
  else printDryRun(plan)
}
