/**
 * Opens SciWorld by options that a recipe can hold.
 * @module
 */
import { join } from 'node:path'
import { createSciworld, type Sciworld, type SciworldOptions } from './environment.ts'
import { findJava } from './find-java.ts'
import { openSimulatorJar, sciworldFolder } from './simulator-jar.ts'
import { createSimulators, type SimulatorsOptions } from './simulators.ts'

export interface OpenSciworldOptions
  extends Omit<SciworldOptions, 'simulators' | 'routes'>,
    Omit<SimulatorsOptions, 'jar'> {
  /** A `scienceworld.jar` of one's own. @default what `misstep env add sciworld` put into the cache folder */
  jar?: string
}

/**
 * The environment with machines of its own, which end when it is closed. Routes that have been found are kept in the
 * cache folder.
 *
 * @throws {MisstepError} when there is no simulator or no Java, or an option is wrong
 * @example
 * const environment = await openSciworld({ kinds: ['boil', 'melt'] })
 */
export async function openSciworld(options: OpenSciworldOptions = {}): Promise<Sciworld> {
  const { jar, machines, seats, timeout, ...rest } = options
  const simulator = await openSimulatorJar(jar)
  // Now rather than at the first episode.
  await findJava()
  const simulators = createSimulators({
    jar: simulator,
    ...(machines !== undefined && { machines }),
    ...(seats !== undefined && { seats }),
    ...(timeout !== undefined && { timeout }),
  })
  const environment = createSciworld({ ...rest, simulators, routes: join(sciworldFolder(), 'routes') })
  return {
    ...environment,
    async close() {
      await environment.close()
      simulators.close()
    },
  }
}
