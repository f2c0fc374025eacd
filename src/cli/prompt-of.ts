/**
 * The prompt that stood before trajectories when they were played.
 * @module
 */
import type { Environment } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { ENVIRONMENTS, openEnvironment } from '../environments/registry.ts'
import { AS_RECORDED } from '../import/index.ts'
import { otherVersion } from './played-in.ts'

/** An environment as a command line names it. */
export interface EnvironmentFlags {
  /** Its name, or the file of a module; default: what each trajectory says. */
  environment?: string
  option?: Record<string, unknown>
}

export type PromptOf = (trajectory: Trajectory) => Promise<string>

/**
 * Opens each environment when the first of its trajectories comes, and once. A recording that was taken at its word holds
 * its prompt itself: its is empty, unless an environment is named.
 *
 * @throws {MisstepError} from what it returns: `usage` when an environment cannot be opened, or is not the one, or not with
 * the options, that a trajectory was played in
 * @example
 * const promptOf = createPromptOf({ option: { splits: 'official' } })
 * for await (const trajectory of readJsonl(file, trajectorySchema)) console.log(await promptOf(trajectory))
 */
export function createPromptOf({ environment: named, option }: EnvironmentFlags): PromptOf {
  const opened = new Map<string, Promise<Environment>>()
  return async trajectory => {
    const isAsRecorded = trajectory.provenance.environment === AS_RECORDED
    if (isAsRecorded && named === undefined) return ''
    const name = named ?? nameInData(trajectory)
    const opening = opened.get(name) ?? openOnce(name, option)
    opened.set(name, opening)
    const environment = await opening
    const other = isAsRecorded ? undefined : otherVersion(environment, trajectory)
    if (other) throw new MisstepError('usage', other.what, { advice: `${other.advice}\n  ${WHY}` })
    return environment.prompt
  }
}

/**
 * The environment that a trajectory names, where it comes with the package: what a file of data names is never loaded as a
 * module.
 *
 * @throws {MisstepError} `usage` where it does not
 */
export function nameInData({ task: { environment } }: Pick<Trajectory, 'task'>): string {
  if (Object.hasOwn(ENVIRONMENTS, environment)) return environment
  throw new MisstepError('usage', 'The environment of the trajectories does not come with the package', {
    value: environment,
    advice: 'Give the file of its module with --environment.',
  })
}

const WHY = "An environment's prompt, which depends on its options, stands before each row."

/** Its words are all that is needed: it is closed at once. */
async function openOnce(name: string, option: Record<string, unknown> = {}): Promise<Environment> {
  try {
    const environment = await openEnvironment({ ...option, name })
    await environment.close()
    return environment
  } catch (cause) {
    const advice =
      'Its prompt stands before each row. Name the environment, or the file of its module, with --environment.'
    throw new MisstepError(
      'usage',
      `The environment of the trajectories cannot be opened: ${(cause as Error).message}`,
      { value: name, advice, cause },
    )
  }
}
