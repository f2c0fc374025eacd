/**
 * Runs all checks of this machine and prints them.
 * @module
 */
import colors from 'picocolors'
import { version } from '../../core/version.ts'
import { FoundFault } from '../end-with.ts'
import { safeText } from '../safe-text.ts'
import type { Check } from './check.ts'
import { checkBenchmarks } from './check-benchmarks.ts'
import { checkMachine } from './check-machine.ts'
import { checkRuntime, checkStudents } from './check-student.ts'
import { checkTrl } from './check-trl.ts'

/** @throws {FoundFault} when something needed is missing */
export async function runDoctor({ json = false }: { json?: boolean }): Promise<void> {
  const parts = [checkMachine(), checkRuntime(), checkStudents(), checkBenchmarks(), checkTrl()]
  const checks = (await Promise.all(parts)).flat()
  const missing = checks.filter(check => check.needed && !check.ok)
  if (json) console.log(JSON.stringify({ misstep: version, ok: missing.length === 0, checks }, null, 2))
  else {
    for (const check of checks) console.log(lineOf(check))
    const count = missing.length
    console.log(count === 0 ? '\nAll that is needed is here.' : `\nMissing, and needed: ${count}.`)
  }
  if (missing.length > 0) throw new FoundFault('Something needed is missing')
}

function lineOf({ name, ok, needed, found, advice }: Check): string {
  const mark = ok ? colors.green('ok      ') : needed ? colors.red('missing ') : colors.yellow('optional')
  const help = ok || advice === undefined ? '' : `\n${' '.repeat(10)}${colors.dim(safeText(advice))}`
  return `${mark}  ${name}: ${safeText(found)}${help}`
}
