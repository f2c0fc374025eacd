/**
 * Lints a file of training data and prints what is found.
 * @module
 */
import colors from 'picocolors'
import { exampleSchema } from '../core/example.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import { lintExamples, loadChatFormat, type MaskPolicy } from '../render/index.ts'
import { readJsonlFile } from '../store/jsonl.ts'
import { FoundFault } from './end-with.ts'
import { safeText } from './safe-text.ts'

export interface LintFileOptions {
  student?: string
  trajectories?: string[]
  mask: MaskPolicy
  contextLength?: number
  json?: boolean
}

/** @throws {FoundFault} when there is any finding */
export async function lintFile(path: string, options: LintFileOptions): Promise<void> {
  const { student, mask, contextLength } = options
  const rows = await readJsonlFile(path, exampleSchema)
  const trajectories: Trajectory[] = []
  for (const file of options.trajectories ?? []) trajectories.push(...(await readJsonlFile(file, trajectorySchema)))
  const findings = lintExamples(rows, {
    mask,
    trajectories,
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
  if (!options.json) console.log(`${rows.length} rows, ${findings.length} findings`)
  if (findings.length > 0) throw new FoundFault('The lint found something')
}
