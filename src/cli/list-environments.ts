/**
 * Lists the environments that come with the package.
 * @module
 */
import colors from 'picocolors'
import { MisstepError } from '../core/errors.ts'
import { ENVIRONMENTS, openEnvironment } from '../environments/registry.ts'

/** Prints each environment with its splits, or with what it lacks. */
export async function listEnvironments({ json = false }: { json?: boolean }): Promise<void> {
  for (const [name, { about }] of Object.entries(ENVIRONMENTS)) {
    const { splits, remarks, missing } = await look(name)
    if (json) console.log(JSON.stringify({ name, about, ready: missing === undefined, splits, remarks, missing }))
    else {
      const counts = Object.entries(splits).map(([split, count]) => `${split} ${count}`)
      console.log(`${colors.bold(name)}: ${about}`)
      console.log(missing === undefined ? `    ${counts.join(', ')}` : colors.yellow(`    not ready: ${missing}`))
      for (const remark of remarks) console.log(`    ${remark}`)
    }
  }
}

interface Looked {
  splits: Record<string, number>
  remarks: readonly string[]
  missing?: string
}

/** The number of tasks of each split, or why there are none. */
async function look(name: string): Promise<Looked> {
  const splits: Record<string, number> = {}
  try {
    const environment = await openEnvironment({ name })
    for (const split of environment.splits) splits[split] = (await environment.tasks(split)).length
    await environment.close()
    return { splits, remarks: environment.remarks ?? [] }
  } catch (error) {
    if (!(error instanceof MisstepError)) throw error
    return { splits, remarks: [], missing: error.advice ?? error.message }
  }
}
