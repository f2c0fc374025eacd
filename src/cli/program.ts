/**
 * The command line's frame. Each command is a thin shell in a file of its own and loads its work when it is called, so
 * that help is instant.
 * @module
 */
import { Command } from 'commander'
import { version } from '../core/version.ts'
import { addConvertCommand } from './commands/convert.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addEnvironmentCommand } from './commands/env.ts'
import { addEvaluateCommand } from './commands/evaluate.ts'
import { addExportCommand } from './commands/export.ts'
import { addFineTuneCommand } from './commands/fine-tune.ts'
import { addImportCommand } from './commands/import.ts'
import { addLintCommand } from './commands/lint.ts'
import { addPlayCommand } from './commands/play.ts'
import { addPretrainCommand } from './commands/pretrain.ts'
import { addReplayCommand } from './commands/replay.ts'
import { addReportCommand } from './commands/report.ts'
import { addRunCommand } from './commands/run.ts'
import { addShopCommand } from './commands/shop.ts'
import { addShowCommand } from './commands/show.ts'
import { addTeacherReportCommand } from './commands/teacher-report.ts'

/**
 * The program with all its commands; wrong use is thrown as a `CommanderError`, after its message was printed.
 *
 * @example
 * await createProgram().parseAsync(['node', 'misstep', 'doctor', '--json'])
 */
export function createProgram(): Command {
  const program = new Command('misstep')
    .description('Trains LLM agents that notice a misstep and recover.')
    .version(version)
    .option('--no-color', 'print without colours (as does the variable NO_COLOR)')
    .exitOverride()
    .showHelpAfterError('(misstep --help, or misstep <command> --help, says more)')
  addRunCommand(program)
  addReportCommand(program)
  addEvaluateCommand(program)
  addPlayCommand(program)
  addShopCommand(program)
  addShowCommand(program)
  addImportCommand(program)
  addLintCommand(program)
  addExportCommand(program)
  addFineTuneCommand(program)
  addReplayCommand(program)
  addEnvironmentCommand(program)
  addTeacherReportCommand(program)
  addPretrainCommand(program)
  addConvertCommand(program)
  addDoctorCommand(program)
  program.addHelpText(
    'after',
    `
Exit codes: 0 done, 1 failed or something found, 2 wrong use or no such file, 130 interrupted.
First steps:
  misstep doctor                        what is here, and what is missing
  misstep play households               a household, played by hand
  misstep run recipes/quickstart.yaml   the whole method, training included`,
  )
  return program
}
