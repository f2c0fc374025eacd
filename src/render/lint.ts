/**
 * Finds what is wrong with the loss mask of training rows before any time is spent on training.
 * @module
 */
import type { Example } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import type { ChatFormat } from './chat-format.ts'
import type { LintFinding } from './lint-finding.ts'
import { type Complaint, LINT_RULES, lengthMismatch } from './lint-rules.ts'
import type { MaskPolicy } from './mask.ts'

export interface LintOptions {
  /** With it, texts are shown and the rules about stop tokens and about cut tokens apply. */
  format?: ChatFormat
  /** With them, spans are compared with what each step said, and labels with what its verdict asks for. */
  trajectories?: Iterable<Trajectory>
  /** What the rows were rendered with; default `errors`. With `none`, trained error steps are as they should be. */
  mask?: MaskPolicy
  /** The environment's prompt that the rows were rendered with; default empty. */
  prompt?: string
  /** Most tokens that the model reads; default: any. */
  contextLength?: number
}

/** Tokens shown of a finding. */
const SHOWN = 24

/**
 * Checks rows; an empty list is a pass. Rows that another program wrote are welcome.
 *
 * @example
 * const findings = lintExamples(examples, { format, trajectories, mask: 'errors', contextLength: 1024 })
 * if (findings.length > 0) throw new MisstepError('mask', findings[0].message)
 */
export function lintExamples(examples: readonly Example[], options: LintOptions = {}): LintFinding[] {
  const { format, mask = 'errors', prompt = '', contextLength = Number.POSITIVE_INFINITY } = options
  const trajectories = new Map<string, Trajectory>()
  for (const trajectory of options.trajectories ?? []) trajectories.set(trajectory.id, trajectory)
  const firstRows = new Map<string, number>()
  const findings: LintFinding[] = []
  for (const [row, example] of examples.entries()) {
    const show = (complaint: Complaint) => {
      const { from, to } = complaint
      const ids = from === undefined ? [] : example.input_ids.slice(from, to).slice(0, SHOWN)
      const text = format && ids.length > 0 ? { text: decodeLeniently(format, ids) } : {}
      findings.push({ id: example.id, row, ...complaint, ...text })
    }
    const first = firstRows.get(example.id)
    if (first === undefined) firstRows.set(example.id, row)
    else show({ rule: 'duplicate-id', message: `Row ${first} has the same id` })
    const mismatch = lengthMismatch(example)
    if (mismatch) {
      show(mismatch)
      continue
    }
    const context = { example, format, trajectory: trajectories.get(example.id), mask, prompt, contextLength }
    for (const rule of LINT_RULES) for (const complaint of rule(context)) show(complaint)
  }
  return findings
}

function decodeLeniently(format: ChatFormat, ids: readonly number[]): string {
  try {
    return format.tokenizer.decode(ids)
  } catch {
    return `(not of this tokenizer: ${ids.join(' ')})`
  }
}
