/**
 * What decides the figures of an evaluation, kept beside them.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CONSTRAINTS } from '../agents/index.ts'
import { MisstepError } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { writeFileAtomically } from '../store/atomic-file.ts'
import { storeError } from '../store/store-error.ts'

const evaluationSettingsSchema = z.object({
  environment: z.object({ name: z.string(), version: z.string() }),
  split: z.string(),
  /** Whose protocol it follows; absent: the settings below are the user's own. */
  protocol: z.object({ name: z.string(), source: z.string() }).optional(),
  /** Its name, and where it is: the hash of a checkpoint, or the address of an endpoint. */
  model: z.object({
    name: z.string(),
    checkpoint: z.string().optional(),
    url: z.string().optional(),
    /** What computes a checkpoint's dense layers, where it is not the processor: answers may differ in their last bits. */
    device: z.string().optional(),
  }),
  agent: z.object({
    format: z.string(),
    explain: z.boolean(),
    examples: z.number().int().nonnegative(),
    answerTokens: z.number().int().positive(),
    temperature: z.number().nonnegative(),
    constrain: z.enum(CONSTRAINTS).exactOptional(),
  }),
  stepLimit: z.number().int().positive(),
  judge: z.enum(['none', 'oracle']),
  seed: z.union([z.number(), z.string()]),
})
export type EvaluationSettings = z.output<typeof evaluationSettingsSchema>

/**
 * Writes the settings of a new evaluation, or compares them with those that the folder was begun with.
 *
 * @throws {MisstepError} `usage` when they are not the same
 */
export function keepSettings(folder: string, settings: EvaluationSettings): void {
  const path = join(folder, 'settings.json')
  if (!existsSync(path)) {
    writeFileAtomically(path, `${JSON.stringify({ format: 1, misstep: version, ...settings }, null, 2)}\n`)
    return
  }
  const before = flatten(readSettings(path))
  const now = flatten(settings)
  const changes = [...new Set([...before.keys(), ...now.keys()])].flatMap(key =>
    before.get(key) === now.get(key)
      ? []
      : [`${key} was ${before.get(key) ?? 'absent'} and is ${now.get(key) ?? 'absent'}`],
  )
  if (changes.length === 0) return
  throw new MisstepError('usage', `${folder} was begun with other settings:\n  ${changes.join('\n  ')}`, {
    advice: 'Name another folder with --out.',
  })
}

function readSettings(path: string): EvaluationSettings {
  try {
    return evaluationSettingsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) {
      throw storeError('Cannot read the settings of the evaluation', path, error)
    }
    throw new MisstepError('store', 'The settings of the evaluation are damaged', {
      value: path,
      advice: 'Name another folder with --out.',
      cause: error,
    })
  }
}

/** Each leaf under its path, such as `agent.format`. */
function flatten(value: object, above = ''): Map<string, string> {
  return new Map(
    Object.entries(value).flatMap(([key, inner]): [string, string][] =>
      inner !== null && typeof inner === 'object'
        ? [...flatten(inner, `${above}${key}.`)]
        : [[`${above}${key}`, JSON.stringify(inner) ?? 'absent']],
    ),
  )
}
