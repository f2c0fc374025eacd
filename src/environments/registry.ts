/**
 * Opens an environment by its name, or a user's own by the path of its module.
 * @module
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Environment } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import type { HouseholdsOptions } from './households/environment.ts'
import type { OpenSciworldOptions } from './sciworld/open-sciworld.ts'
import type { OpenWebshopOptions } from './webshop/open-webshop.ts'

/** An environment's name, or the path of a module (`./my-world.js`), beside its own options. */
export interface EnvironmentChoice {
  name: string
  [option: string]: unknown
}

interface Entry {
  /** One line for `misstep env list`. */
  about: string
  /** What of its version follows from its options; each group has the name of one. Matches nothing that a shell would read. */
  version: RegExp
  options: z.ZodType
  /** @param options checked */
  open(options: Record<string, unknown>): Promise<Environment>
}

const householdsOptions = z.strictObject({
  tasks: z.int().min(1).optional(),
  most: z.int().min(1).optional(),
})
const alfworldOptions = z.strictObject({
  /** A folder of games or packs; default: what `misstep env add alfworld` put into the cache folder. */
  games: z.string().optional(),
  profile: z.enum(['2.1.3', '2.1.1', '2.1.1-react', '2.1.1-eto']).optional(),
  order: z.enum(['sorted', 'published']).optional(),
})

const webshopOptions = z.strictObject({
  /** The folder of the original's data, or the path of its items; default: a made-up shop. */
  catalogue: z.string().optional(),
  /** Of the made-up shop. */
  made: z
    .strictObject({
      products: z.int().min(1).optional(),
      seed: z.union([z.number(), z.string()]).optional(),
      pages: z.enum(['short', 'long']).optional(),
    })
    .optional(),
  goals: z.enum(['synthetic', 'human']).optional(),
  mostGoals: z.int().min(1).optional(),
  observation: z.enum(['text', 'text_rich', 'html', 'url']).optional(),
  profile: z.enum(['upstream', 'verl-agent', 'agentgym']).optional(),
  seed: z.int().optional(),
  showAttributes: z.boolean().optional(),
})

const sciworldOptions = z.strictObject({
  splits: z.enum(['eto', 'official']).optional(),
  kinds: z.array(z.string()).min(1).optional(),
  simplifications: z.string().optional(),
  scoring: z.enum(['final', 'highest']).optional(),
  limits: z.enum(['official', 'eto', 'none']).optional(),
  /** Whether episodes list their admissible actions, which makes them three times as slow. */
  admissible: z.boolean().optional(),
  /** A scienceworld.jar of one's own; default: what `misstep env add sciworld` put into the cache folder. */
  jar: z.string().optional(),
  /** Most Java machines, and most episodes at once of each. */
  machines: z.int().min(1).optional(),
  seats: z.int().min(1).optional(),
  /** Milliseconds after which a machine that does not answer is replaced. */
  timeout: z.int().min(1).optional(),
})

/** The environments that come with the package. */
export const ENVIRONMENTS: Readonly<Record<string, Entry>> = {
  households: {
    about: 'made-up households in the engine of ALFWorld, six kinds of task; no download',
    options: householdsOptions,
    version: /, most (?<most>\d+)$/,
    async open(options) {
      const { createHouseholds } = await import('./households/environment.ts')
      return createHouseholds(options as HouseholdsOptions)
    },
  },
  alfworld: {
    about: 'the games of ALFWorld (text), exact; needs `misstep env add alfworld`',
    options: alfworldOptions,
    version: /^alfworld (?<profile>[\w.-]+), /,
    async open(options) {
      const { games, ...rest } = options as z.output<typeof alfworldOptions>
      const { createAlfworld } = await import('./alfworld/environment.ts')
      const { openGameLibrary } = await import('./alfworld/game-library.ts')
      const { alfworldFolder } = await import('./alfworld/download.ts')
      return createAlfworld({ games: await openGameLibrary(games ?? alfworldFolder()), ...(rest as object) })
    },
  },
  webshop: {
    about: 'the shop of WebShop, exact; a made-up catalogue, or the original data with `catalogue: <folder>`',
    options: webshopOptions,
    version: /^webshop (?<profile>[\w.-]+), (?<goals>\w+) goals, seed (?<seed>-?\d+), /,
    async open(options) {
      const { openWebshop } = await import('./webshop/open-webshop.ts')
      return openWebshop(options as OpenWebshopOptions)
    },
  },
  sciworld: {
    about: 'the original simulator of ScienceWorld, thirty kinds of task; needs Java and `misstep env add sciworld`',
    options: sciworldOptions,
    version: /, simplifications (?:none|(?<simplifications>[\w,]+)), (?<scoring>\w+) score, (?<limits>\w+) limits$/,
    async open(options) {
      const { openSciworld } = await import('./sciworld/open-sciworld.ts')
      return openSciworld(options as OpenSciworldOptions)
    },
  },
}

/**
 * Opens an environment. A name with a slash or a file ending is a module whose default export is an environment,
 * or a function that makes one from the options.
 *
 * @param folder what a relative module path is relative to; default: the current folder
 * @throws {MisstepError} for an unknown name, an option that it does not have, or a module that exports no environment
 * @example
 * const environment = await openEnvironment({ name: 'households' })
 */
export async function openEnvironment(choice: EnvironmentChoice, folder: string = process.cwd()): Promise<Environment> {
  const { entry, options } = checkEnvironment(choice)
  return entry?.open(options) ?? openModule(resolve(folder, choice.name), options)
}

/**
 * Checks an environment's name and options without opening it; a module is only known once it is loaded.
 *
 * @throws {MisstepError} `usage` for an unknown name, or an option that it does not have
 * @example
 * checkEnvironment({ name: 'sciworld', splits: 'official' })
 */
export function checkEnvironment(choice: EnvironmentChoice): { entry?: Entry; options: Record<string, unknown> } {
  const { name, ...options } = choice
  const entry = Object.hasOwn(ENVIRONMENTS, name) ? ENVIRONMENTS[name] : undefined
  if (entry) return { entry, options: checkOptions(name, entry.options, options) }
  if (/[/\\]|\.[cm]?[jt]s$/.test(name)) return { options }
  throw new MisstepError('usage', 'There is no such environment', {
    value: name,
    advice: `There are ${Object.keys(ENVIRONMENTS).join(', ')}; one of your own is named by its file, such as ./my-world.js.`,
  })
}

/**
 * The options that a version speaks of; none for an environment of one's own, or a version of another environment.
 *
 * @example
 * optionsOfVersion('households', 'households 1, most 5') // { most: '5' }
 */
export function optionsOfVersion(name: string, version: string): Record<string, string> {
  const entry = Object.hasOwn(ENVIRONMENTS, name) ? ENVIRONMENTS[name] : undefined
  const found = Object.entries(entry?.version.exec(version)?.groups ?? {})
  return Object.fromEntries(found.map(([option, value = '']) => [option, value]))
}

async function openModule(path: string, options: Record<string, unknown>): Promise<Environment> {
  let exported: unknown
  try {
    exported = (await import(pathToFileURL(path).href)).default
  } catch (cause) {
    throw new MisstepError('environment', 'The environment module could not be loaded', {
      value: path,
      advice: `It must be a JavaScript module that Node can import. ${(cause as Error).message}`,
      cause,
    })
  }
  const environment = typeof exported === 'function' ? await exported(options) : exported
  if (typeof environment?.start !== 'function' || typeof environment?.tasks !== 'function') {
    throw new MisstepError('environment', 'The module exports no environment', {
      value: path,
      advice: 'Its default export must be what defineEnvironment returns, or a function that returns it.',
    })
  }
  return environment as Environment
}

function checkOptions(name: string, schema: z.ZodType, options: unknown): Record<string, unknown> {
  const result = schema.safeParse(options)
  if (result.success) return result.data as Record<string, unknown>
  throw new MisstepError('usage', `The options of environment ${name} are wrong`, {
    value: options,
    advice: result.error.issues.map(issue => `${issue.path.join('.') || 'options'}: ${issue.message}`).join('; '),
  })
}
