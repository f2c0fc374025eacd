/**
 * What a run folder holds and how it came about. A stage's record says `complete` only after all of its files are there:
 * the manifest is always written last.
 * @module
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { writeFileAtomically } from './atomic-file.ts'
import { hashFile, listFiles } from './hash.ts'
import { storeError } from './store-error.ts'

const fileRecordSchema = z.object({ sha256: z.string(), bytes: z.number() })

const stageRecordSchema = z.object({
  /** `started`: its partial files may be there; `complete`: all of its outputs are. */
  state: z.enum(['started', 'complete']),
  /** What it was made from: a name and a hash or version each. */
  inputs: z.record(z.string(), z.string()),
  /** The files it made, by their path in the run folder. */
  outputs: z.record(z.string(), fileRecordSchema),
  /** What is worth knowing of them, such as how many trajectories were won. */
  counts: z.record(z.string(), z.number()),
})
export type StageRecord = z.infer<typeof stageRecordSchema>

const manifestSchema = z.object({
  /** The version of this format. */
  format: z.literal(1),
  name: z.string(),
  /** The recipe with all defaults filled in, as the run began. */
  recipe: z.unknown(),
  versions: z.record(z.string(), z.string()),
  stages: z.record(z.string(), stageRecordSchema),
})
export type Manifest = z.infer<typeof manifestSchema>

/**
 * Reads a manifest; `undefined` when there is none.
 *
 * @throws {MisstepError} `store` when it is damaged or of another format
 */
export function readManifest(path: string): Manifest | undefined {
  if (!existsSync(path)) return undefined
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw storeError('Cannot read the manifest', path, error)
  }
  const damaged = (advice: string, cause?: unknown) =>
    new MisstepError('store', 'The manifest is damaged', {
      value: path,
      advice: `${advice}\n  Nothing was changed. Restore the file, or start over with --fresh (the old folder is kept).`,
      cause,
    })
  try {
    const result = manifestSchema.safeParse(JSON.parse(text))
    if (!result.success) throw damaged(z.prettifyError(result.error))
    return result.data
  } catch (error) {
    throw error instanceof MisstepError ? error : damaged('It is not JSON.', error)
  }
}

/** @throws {MisstepError} `store` when it cannot be written; the old manifest stays */
export function writeManifest(path: string, manifest: Manifest): void {
  writeFileAtomically(path, `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Hash and size of files, and of all files in folders, by their path relative to `folder`. */
export async function recordOutputs(folder: string, paths: readonly string[]): Promise<StageRecord['outputs']> {
  const outputs: StageRecord['outputs'] = {}
  for (const path of paths) {
    const full = join(folder, path)
    if (!existsSync(full)) throw new MisstepError('store', 'A stage did not write its file', { value: full })
    const files = statSync(full).isDirectory() ? listFiles(full).map(file => `${path}/${file}`) : [path]
    for (const file of files) {
      const name = join(folder, file)
      outputs[file] = { sha256: await hashFile(name), bytes: statSync(name).size }
    }
  }
  return outputs
}

/**
 * Whether a complete stage's files are all there, unchanged.
 *
 * @returns false when one is missing: then the stage is to be run again
 * @throws {MisstepError} `store` when one differs from what the stage wrote
 */
export async function outputsAreWhole(folder: string, record: StageRecord): Promise<boolean> {
  let whole = true
  for (const [path, { sha256, bytes }] of Object.entries(record.outputs)) {
    const full = join(folder, path)
    if (!existsSync(full)) whole = false
    else if (statSync(full).size !== bytes || (await hashFile(full)) !== sha256) {
      throw new MisstepError('store', 'A file is not what the run wrote there: it is damaged or was changed', {
        value: full,
        advice: 'Restore it, or delete it to have it made again. What was changed by hand belongs into another folder.',
      })
    }
  }
  return whole
}
