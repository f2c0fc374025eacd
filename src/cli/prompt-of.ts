/**
 * The prompt that an environment's rows begin with.
 * @module
 */
import { openEnvironment } from '../environments/registry.ts'

/** The prompt of an environment, by its name or file; empty when none is named. */
export async function promptOf(name: string | undefined): Promise<string> {
  if (name === undefined) return ''
  const environment = await openEnvironment({ name })
  await environment.close()
  return environment.prompt
}
