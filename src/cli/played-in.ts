/**
 * Whether trajectories were played in the very environment that is at hand.
 * @module
 */
import type { Environment } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { optionsOfVersion } from '../environments/registry.ts'

/**
 * What differs, and what to give on the command line; `undefined` where nothing does.
 *
 * @throws {MisstepError} `usage` when the trajectory is of an environment of another name
 */
export function otherVersion(
  { name, version }: Pick<Environment, 'name' | 'version'>,
  { task, provenance: { environment: played } }: Pick<Trajectory, 'task' | 'provenance'>,
): { what: string; advice: string } | undefined {
  if (task.environment !== name) {
    throw new MisstepError('usage', `The trajectories are of another environment than ${name}`, {
      value: task.environment,
      advice: 'Name the one that they were played in, or the file of its module.',
    })
  }
  if (played === version) return undefined
  const now = optionsOfVersion(name, version)
  const wanted = Object.entries(optionsOfVersion(name, played)).filter(([option, value]) => now[option] !== value)
  const options = wanted.map(([option, value]) => `--option ${option}=${value}`).join(' ')
  return {
    what: `The trajectories were played in "${played}", and this is "${version}"`,
    advice: options === '' ? 'Give the options that they were played with: --option <key=value>.' : `Give ${options}`,
  }
}
