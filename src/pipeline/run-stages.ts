/**
 * Runs a list of stages: skips what is complete, goes on with what is not.
 * @module
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import { type Manifest, outputsAreWhole, recordOutputs, type StageRecord, writeManifest } from '../store/manifest.ts'
import { withPrefix } from './progress.ts'
import type { RunContext, Stage } from './stage.ts'

/**
 * Runs the stages in their order. A stage's record is written after all of its files, so a process may be killed at any
 * moment: what it was at is gone on with, and what was complete is not done again.
 *
 * @param manifest what is complete so far; is brought up to date, in memory and in the run folder
 * @throws {MisstepError} `store` when a complete stage's files were changed or what it was made from is another now
 */
export async function runStages(stages: readonly Stage[], manifest: Manifest, context: RunContext): Promise<void> {
  const { folder, log, signal } = context
  const save = (name: string, record: StageRecord) => {
    manifest.stages[name] = record
    writeManifest(join(folder, 'manifest.json'), manifest)
  }
  const produced = new Map<string, string>()
  for (const [index, stage] of stages.entries()) {
    const number = String(index + 1).padStart(String(stages.length).length)
    const progress = withPrefix(context.progress, `[${number}/${stages.length}]`)
    signal?.throwIfAborted()
    const inputs = inputsOf(stage, produced)
    const before = manifest.stages[stage.name]
    if (before) refuseOtherInputs(stage, before.inputs, inputs)
    if (before?.state === 'complete' && (await isWhole(stage, before, folder))) {
      log.write('skip', { stage: stage.name })
    } else {
      if (before?.state === 'complete') {
        progress.note(`${stage.name}: a file is gone, so it is made again`)
        for (const path of stage.writes) rmSync(join(folder, path), { recursive: true, force: true })
      }
      save(stage.name, { state: 'started', inputs, outputs: {}, counts: {} })
      log.write('start', { stage: stage.name })
      const begun = performance.now()
      const counts = await stage.run({ ...context, progress })
      const outputs = stage.timed ? {} : await recordOutputs(folder, stage.writes)
      save(stage.name, { state: 'complete', inputs, outputs, counts })
      log.write('complete', { stage: stage.name, seconds: (performance.now() - begun) / 1000, ...counts })
    }
    for (const path of stage.partial ?? []) rmSync(join(folder, path), { recursive: true, force: true })
    for (const [path, { sha256 }] of Object.entries(manifest.stages[stage.name]!.outputs)) produced.set(path, sha256)
  }
}

/** All that a stage is made from, by name: the hashes of the files that it reads, and what else it depends on. */
function inputsOf(stage: Stage, produced: ReadonlyMap<string, string>): Record<string, string> {
  const inputs: Record<string, string> = { ...stage.depends }
  for (const path of stage.reads) {
    const files = [...produced].filter(([file]) => file === path || file.startsWith(`${path}/`))
    if (files.length === 0) throw new Error(`The stage ${stage.name} reads ${path}, which no earlier stage writes`)
    for (const [file, sha256] of files) inputs[file] = sha256
  }
  return inputs
}

async function isWhole(stage: Stage, record: StageRecord, folder: string): Promise<boolean> {
  return stage.writes.every(path => existsSync(join(folder, path))) && (await outputsAreWhole(folder, record))
}

/** What was made, or begun, from one thing must not be gone on with from another. */
function refuseOtherInputs(stage: Stage, before: Record<string, string>, now: Record<string, string>): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (before[name] === now[name]) continue
    throw new MisstepError('store', `${stage.name} was made from another ${name} than there is now`, {
      value: { before: before[name], now: now[name] },
      advice:
        'Bring the old one back, give the recipe another name, or start over with --fresh (the old folder is kept).',
    })
  }
}
