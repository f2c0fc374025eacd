/**
 * `misstep pretrain`: makes a base student, as the one that comes with the package was made.
 * @module
 */
import type { Command } from 'commander'
import { examples, inputPath } from '../options.ts'

interface PretrainFlags {
  to?: string
  runs: string
}

export function addPretrainCommand(program: Command): void {
  program
    .command('pretrain')
    .description(
      'make a base student from aimless play in households, in the shop or in SciWorld; takes hours, and can be stopped',
    )
    .argument('<recipe>', 'a recipe for pre-training, such as recipes/household-base.yaml', inputPath())
    .option('--to <folder>', 'where the checkpoint goes (default: checkpoint, in the run folder)')
    .option('--runs <folder>', 'the folder of all runs', 'runs')
    .addHelpText(
      'after',
      examples(
        'misstep pretrain recipes/household-base.yaml',
        'misstep pretrain my-base.yaml --to students/my-base   # goes on where it was stopped',
      ),
    )
    .action(async (recipe: string, flags: PretrainFlags) => {
      const { pretrainFromFile } = await import('../pretrain-from-file.ts')
      await pretrainFromFile(recipe, flags)
    })
}
