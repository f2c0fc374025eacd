/**
 * Lints a file of training data and prints what is found.
 * @module
 */
import { basename } from 'node:path'
import colors from 'picocolors'
import { exampleSchema } from '../core/example.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import { lintExamples, loadChatFormat, type MaskPolicy } from '../render/index.ts'
import { readJsonl, readJsonlFile } from '../store/jsonl.ts'
import { FoundFault } from './end-with.ts'
import { promptOf } from './prompt-of.ts'
import { safeText } from './safe-text.ts'

export interface LintFileOptions {
  student?: string
  trajectories?: string[]
  environment?: string
  mask: MaskPolicy
  contextLength?: number
  json?: boolean
}

/** @throws {FoundFault} when there is any finding */
export async function lintFile(path: string, options: LintFileOptions): Promise<void> {
  const { student, mask, contextLength } = options
  const rows = await readJsonlFile(path, exampleSchema)
  const trajectories = await readSources(options.trajectories ?? [])
  const findings = lintExamples(rows, {
    mask,
    trajectories: trajectories.values(),
    prompt: await promptOf(options.environment),
    ...(student !== undefined && { format: await loadChatFormat(student) }),
    ...(contextLength !== undefined && { contextLength }),
  })
  for (const finding of findings) {
    if (options.json) console.log(JSON.stringify(finding))
    else {
      const { id, row, rule, message, step, text } = finding
      const place = `row ${row} (${safeText(id)})${step === undefined || step < 0 ? '' : `, step ${step + 1}`}`
      console.log(`${colors.red(rule)}  ${place}: ${safeText(message)}`)
      if (text !== undefined) console.log(colors.dim(`    ${JSON.stringify(safeText(text))}`))
    }
  }
  if (!options.json) {
    const compared = rows.filter(row => trajectories.has(row.id)).length
    const comparison = options.trajectories ? `, ${compared} compared with their trajectories` : ''
    console.log(`${rows.length} rows${comparison}, ${findings.length} findings`)
  }
  if (findings.length > 0) throw new FoundFault('The lint found something')
}

/** Trajectories by the ids of their rows: their own, and as a run writes it, with the name of their file before it. */
async function readSources(files: readonly string[]): Promise<Map<string, Trajectory>> {
  const sources = new Map<string, Trajectory>()
  for (const file of files) {
    for await (const trajectory of readJsonl(file, trajectorySchema)) {
      for (const id of [trajectory.id, `${basename(file, '.jsonl')}/${trajectory.id}`]) {
        sources.set(id, { ...trajectory, id })
      }
    }
  }
  return sources
}
