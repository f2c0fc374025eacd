/**
 * `misstep env`: which environments there are, and fetching the data of one.
 * @module
 */
import { type Command, Option } from 'commander'
import { examples, inputPath } from '../options.ts'

export function addEnvironmentCommand(program: Command): void {
  const group = program
    .command('env')
    .description('list environments, or fetch the data of one')
    .addHelpText('after', examples('misstep env list', 'misstep env add alfworld'))
  group
    .command('list')
    .description('the environments that come with the package, and whether they are ready')
    .option('--json', 'print them as JSON, one a line')
    .addHelpText('after', examples('misstep env list', 'misstep env list --json'))
    .action(async (flags: { json?: true }) => {
      const { listEnvironments } = await import('../list-environments.ts')
      await listEnvironments(flags)
    })
  group
    .command('add')
    .description(
      "fetch and verify a benchmark's official data, into the cache folder (MISSTEP_CACHE, or ~/.cache/misstep)",
    )
    .argument('<environment>', 'alfworld, webshop or sciworld')
    .option(
      '--from <path>',
      "use what is here already: alfworld's folder or zip file, webshop's folder of data or wheel, sciworld's jar or wheel",
      inputPath(),
    )
    .addOption(
      new Option('--jar <path>', 'a scienceworld.jar of your own: the same as --from')
        .argParser(inputPath())
        .conflicts('from'),
    )
    .option('--url <address>', 'download from another place, such as a mirror')
    .addHelpText(
      'after',
      examples(
        'misstep env add alfworld',
        'misstep env add alfworld --from ~/Downloads/json_2.1.3_tw-pddl.zip',
        'misstep env add webshop                        # what finds the nouns of product titles',
        'misstep env add webshop --from ~/webshop/data  # builds the shop of the original data',
        'misstep env add sciworld',
        'misstep env add sciworld --jar ~/scienceworld-1.3.0.jar',
      ),
    )
    .action(async (name: string, { jar, ...flags }: { from?: string; jar?: string; url?: string }) => {
      const { addEnvironmentData } = await import('../add-environment-data.ts')
      await addEnvironmentData(name, jar === undefined ? flags : { ...flags, from: jar })
    })
}
