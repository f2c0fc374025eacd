/**
 * `misstep doctor`: what is here, what is missing, how to get it.
 * @module
 */
import type { Command } from 'commander'
import { examples } from '../options.ts'

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('say what is here, what is missing, and how to get it')
    .option('--json', 'print the checks as one JSON object')
    .addHelpText('after', examples('misstep doctor', "misstep doctor --json | jq '.checks[] | select(.ok | not)'"))
    .action(async (flags: { json?: true }) => {
      const { runDoctor } = await import('../doctor/run-doctor.ts')
      await runDoctor(flags)
    })
}
