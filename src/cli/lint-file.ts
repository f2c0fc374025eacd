/**
 * Lints a file of training data and prints what is found.
 * @module
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import colors from 'picocolors'
import { readOutline } from '../checkpoint/index.ts'
import { MisstepError } from '../core/errors.ts'
import {
  createLinter,
  identifyRow,
  type LintFinding,
  lintTokenizer,
  loadChatFormat,
  type MaskPolicy,
  rowSchema,
  trajectoryIdOf,
} from '../render/index.ts'
import { readJsonl } from '../store/jsonl.ts'
import { FoundFault } from './end-with.ts'
import { expectKind } from './kind-of-file.ts'
import { createPromptOf, type EnvironmentFlags } from './prompt-of.ts'
import { safeText } from './safe-text.ts'
import { readSources } from './show/read-sources.ts'

export interface LintFileOptions extends EnvironmentFlags {
  student?: string
  trajectories?: string[]
  mask: MaskPolicy
  contextLength?: number
  maxLength?: number
  /** Default: false. */
  allowDuplicates?: boolean
  json?: boolean
}

/**
 * @throws {FoundFault} when there is any finding
 * @throws {MisstepError} `data` when there was nothing to check, or nothing to compare a row with, for that is no pass
 */
export async function lintFile(path: string, options: LintFileOptions): Promise<void> {
  const { student, mask, maxLength, allowDuplicates = false, json = false } = options
  await expectKind(path, ['tokens'], 'lint')
  const format = student === undefined ? undefined : await loadChatFormat(student)
  // Texts, and the prompt among them, are only compared by a tokenizer.
  const sources = await readSources(options.trajectories ?? [], format && createPromptOf(options))
  const contextLength = options.contextLength ?? (student === undefined ? undefined : contextLengthOf(student))
  const linter = createLinter({
    mask,
    trajectories: id => sources.get(id)?.trajectory,
    prompt: ({ id }) => sources.prompt(id),
    ...(format && { format }),
    ...(contextLength !== undefined && { contextLength }),
    ...(maxLength !== undefined && { maxLength }),
  })
  let [rows, compared, found] = [0, 0, 0]
  let stranger: string | undefined
  const print = (finding: LintFinding) => {
    if (allowDuplicates && finding.rule === 'duplicate-row') return
    found++
    console.log(json ? JSON.stringify(finding) : describe(finding))
  }
  if (format) for (const finding of await lintTokenizer(student!, format)) print(finding)
  for await (const row of readJsonl(path, rowSchema)) {
    const id = trajectoryIdOf(identifyRow(row, rows++))
    if (sources.has(id) && (row.spans || format)) compared++
    else stranger ??= id
    for (const finding of linter.check(row)) print(finding)
  }
  if (rows === 0) throw new MisstepError('data', 'The file holds no rows', { value: path })
  if (!json) {
    const comparison = options.trajectories ? `, ${compared} compared with their trajectories` : ''
    console.log(`${rows} rows${comparison}, ${found} findings`)
  }
  if (!format) process.stderr.write(UNCHECKED)
  if (options.trajectories && compared < rows) {
    throw new MisstepError(
      'data',
      `${rows - compared} of ${rows} rows are of none of the trajectories that were given`,
      {
        value: stranger,
        advice: `A row is of the trajectory whose id it has; in ${options.trajectories.join(', ')} there is none of this one. Rows of axolotl-tokens and together have no id: lint those of the run. Rows without spans need --student.`,
      },
    )
  }
  if (found > 0) throw new FoundFault('The lint found something')
}

const UNCHECKED = 'Not checked without --student: stop tokens, cut tokens, and how many tokens the model reads.\n'

/** The folder may be a tokenizer's alone. */
function contextLengthOf(student: string): number | undefined {
  return existsSync(join(student, 'config.json')) ? readOutline(student).contextLength : undefined
}

function describe({ id, row, rule, message, step, from, to, text }: LintFinding): string {
  const where = row < 0 ? safeText(id) : `row ${row} (${safeText(id)})`
  const turn = step === undefined || step < 0 ? '' : `, step ${step + 1}`
  const tokens = from === undefined || to === undefined ? '' : `, tokens ${from} to ${Math.max(from, to - 1)}`
  const line = `${colors.red(rule)}  ${where}${turn}${tokens}: ${safeText(message)}`
  return text === undefined ? line : `${line}\n${colors.dim(`    ${JSON.stringify(safeText(text))}`)}`
}
