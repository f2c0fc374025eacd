/**
 * `misstep run`: runs a recipe to its report.
 * @module
 */
import { join } from 'node:path'
import type { Command } from 'commander'
import { examples, wholeNumber } from '../options.ts'

interface RunFlags {
  seed?: number
  name?: string
  with: string[]
  runs: string
  threads?: number
  fresh?: true
  json?: true
}

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('run a recipe to its report; one that was stopped goes on where it was')
    .argument('<recipe>', 'a recipe file, such as recipes/quickstart.yaml')
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
    .option('--json', 'print report.json in place of the table')
    .addHelpText(
      'after',
      examples(
        'misstep run recipes/quickstart.yaml',
        'misstep run my-recipe.yaml --seed 2',
        'misstep run my-recipe.yaml --runs /tmp/runs --json | jq .arms',
      ),
    )
    .action(async (recipe: string, flags: RunFlags) => {
      const { runRecipe } = await import('../../pipeline/run.ts')
      const { createProgress } = await import('../../pipeline/progress.ts')
      const { withInterruption } = await import('../interruption.ts')
      const { seed, name, with: variants, runs: into, threads, fresh = false } = flags
      const given = {
        into,
        fresh,
        variants,
        ...(seed !== undefined && { seed }),
        ...(name !== undefined && { name }),
        ...(threads !== undefined && { threads }),
      }
      const folder = await withInterruption(signal => {
        return runRecipe(recipe, { ...given, progress: createProgress(), signal })
      })
      const { printResult } = await import('../print-result.ts')
      await printResult(folder, flags.json === true)
      process.stderr.write(`\nThe report: ${join(folder, 'report.html')}\n`)
    })
}
