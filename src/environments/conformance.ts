/**
 * The promises that every environment keeps, as checks that any test runner can run.
 * @module
 */
import type { Environment } from '../core/environment.ts'
import { createRandom } from '../core/random.ts'
import { episodeChecks, expertChecks, type Kit, worldChecks } from './conformance-checks.ts'
import { playAtRandom, sampleTasks } from './conformance-play.ts'

/** One promise; `run` throws an `AssertionError` that names the task and the step where it is broken. */
export interface ConformanceCheck {
  name: string
  run(): Promise<void>
}

export interface ConformanceOptions {
  /** Tasks tried of each split. @default 3 */
  tasksPerSplit?: number
  /** Steps of random play in each. @default 20 */
  steps?: number
  /** Names the random choices; another seed tries other tasks and actions. @default 'conformance' */
  seed?: string
  /** Whether the expert that knows everything must win within `stepLimit`. @default true */
  expertWins?: boolean
}

/** Makes an environment; it is opened once for each check and closed after it. */
export type OpenEnvironment = () => Environment | Promise<Environment>

/**
 * The checks for one environment. Optional members (`admissible`, `fork`, `expert`, `judge`) are checked where present.
 *
 * @example
 * for (const check of environmentConformance(() => lightSwitches())) await check.run()
 */
export function environmentConformance(open: OpenEnvironment, options: ConformanceOptions = {}): ConformanceCheck[] {
  const kit = createKit(open, options)
  const checks = { ...worldChecks(kit), ...episodeChecks(kit), ...expertChecks(kit) }
  return Object.entries(checks).map(([name, run]) => ({ name, run }))
}

/** `describe` and `it` of a test runner: vitest, jest, mocha and node:test all fit. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
}

/**
 * Registers the checks with a test runner, one test a promise.
 *
 * @example
 * import { describe, it } from 'vitest'
 * describeEnvironment('light switches', () => lightSwitches(), { describe, it })
 */
export function describeEnvironment(
  title: string,
  open: OpenEnvironment,
  options: ConformanceOptions & TestRunner,
): void {
  options.describe(`${title} keeps the promises of an environment`, () => {
    for (const check of environmentConformance(open, options)) options.it(check.name, check.run)
  })
}

function createKit(open: OpenEnvironment, options: ConformanceOptions): Kit {
  const kit: Kit = {
    open: async () => open(),
    tasksPerSplit: options.tasksPerSplit ?? 3,
    steps: options.steps ?? 20,
    seed: options.seed ?? 'conformance',
    expertWins: options.expertWins ?? true,
    onEnvironment: body => async () => {
      const environment = await open()
      try {
        await body(environment)
      } finally {
        await environment.close()
      }
    },
    onTasks: body =>
      kit.onEnvironment(async environment => {
        const tasks = await sampleTasks(environment, kit.seed, kit.tasksPerSplit)
        for (const task of tasks) await body(task, environment)
      }),
    onPlayed: body =>
      kit.onTasks(async (task, environment) => {
        const random = createRandom(kit.seed, task.id)
        await body(await playAtRandom(environment, task, random, kit.steps), environment, task.id)
      }),
  }
  return kit
}
