/**
 * Finds what is wrong with the loss mask of training rows before any time is spent on training.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { attemptMask } from './attempt-mask.ts'
import type { ChatFormat } from './chat-format.ts'
import { completeRow, type LooseRow } from './complete-row.ts'
import type { RenderOptions } from './example.ts'
import type { LintFinding } from './lint-finding.ts'
import { type Complaint, lengthMismatch } from './lint-row.ts'
import { LINT_RULES } from './lint-rules.ts'
import { markRow } from './mark-row.ts'
import type { MaskPolicy } from './mask.ts'
import { trajectoryIdOf, unrepeatedRowId } from './row-id.ts'
import { createSeenBefore } from './seen-before.ts'

export interface LintOptions {
  /** With it, texts are shown and the rules about stop tokens and about cut tokens apply. */
  format?: ChatFormat
  /**
   * All of them, or what finds one by its id. With them, spans are compared with what each step said, and labels with what
   * its verdict asks for. Rows without spans get theirs from the trajectory, with the format's tokenizer.
   */
  trajectories?: Iterable<Trajectory> | ((id: string) => Trajectory | undefined)
  /** What the rows were rendered with; default `errors`. With `none`, trained error steps are as they should be. */
  mask?: MaskPolicy
  /** The environment's prompt that the rows were rendered with, or that of each of the trajectories; default empty. */
  prompt?: string | ((trajectory: Trajectory) => string)
  /** Most tokens that the model reads; default: any. */
  contextLength?: number
  /** Most tokens that the trainer reads of a row before it cuts; default: any. */
  maxLength?: number
  /** What the rows were rendered with: steps of weight 0 carry no loss. */
  weigh?: RenderOptions['weigh']
}

/** Tokens shown of a finding. */
const SHOWN = 24

/** Checks rows one by one, and remembers of each some dozens of bytes, to find duplicates. */
export interface Linter {
  /** What is wrong with the next row; its number is its name where it has none. */
  check(row: LooseRow): LintFinding[]
}

/**
 * Checks rows; an empty list is a pass. Rows that another program wrote are welcome.
 *
 * @example
 * const findings = lintExamples(examples, { format, trajectories, mask: 'errors', contextLength: 1024 })
 * if (findings.length > 0) throw new MisstepError('mask', findings[0].message)
 */
export function lintExamples(examples: Iterable<LooseRow>, options: LintOptions = {}): LintFinding[] {
  const linter = createLinter(options)
  const findings: LintFinding[] = []
  for (const example of examples) findings.push(...linter.check(example))
  return findings
}

/**
 * The same for rows that come one after the other.
 *
 * @example
 * const linter = createLinter({ format })
 * for await (const row of readJsonl('rows.jsonl', rowSchema)) console.log(linter.check(row))
 */
export function createLinter(options: LintOptions = {}): Linter {
  const { format, mask = 'errors', prompt = '', weigh } = options
  const { contextLength = Number.POSITIVE_INFINITY, maxLength = Number.POSITIVE_INFINITY } = options
  const findTrajectory = finderOf(options.trajectories)
  const rewritesHistory = format !== undefined && rewrites(format)
  const ids = createSeenBefore()
  const contents = createSeenBefore()
  const repeats = createSeenBefore()
  let row = -1

  return {
    check(loose) {
      row++
      let example = completeRow(loose, row)
      const findings: LintFinding[] = []
      const show = (complaint: Complaint) => {
        const { from, to } = complaint
        const tokens = from === undefined ? [] : example.input_ids.slice(from, to).slice(0, SHOWN)
        const text = format && tokens.length > 0 ? { text: decodeLeniently(format, tokens) } : {}
        findings.push({ id: example.id, row, ...complaint, ...text })
      }
      const content = [Int32Array.from(example.input_ids), Int32Array.from(example.labels)]
      const sameId = ids.note(row, example.id)
      const same = contents.note(row, content)
      // A row that a recipe repeats says so in its id.
      const first = repeats.note(row, [...content, Int32Array.from(Buffer.from(unrepeatedRowId(example.id)))])
      if (sameId !== undefined) show({ rule: 'duplicate-id', message: `Row ${sameId} has the same id` })
      else if (same !== undefined && first === undefined) {
        show({ rule: 'duplicate-row', message: `Row ${same} has the same tokens and labels` })
      }
      const mismatch = lengthMismatch(example)
      if (mismatch) {
        show(mismatch)
        return findings
      }
      let trajectory = findTrajectory(trajectoryIdOf(example))
      const text = typeof prompt === 'string' ? prompt : trajectory ? prompt(trajectory) : ''
      if (trajectory && !loose.spans) {
        const marked = format && markRow(example, trajectory, format, { prompt: text })
        if (marked) example = marked
        else {
          if (format) show({ rule: 'span-cuts-token', message: 'Its tokens are not those of its trajectory' })
          trajectory = undefined
        }
      }
      const given = { contextLength, maxLength, rewritesHistory, mask, prompt: text, weigh }
      for (const rule of LINT_RULES)
        for (const complaint of rule({ ...given, example, format, trajectory })) show(complaint)
      return findings
    },
  }
}

function finderOf(trajectories: LintOptions['trajectories'] = []): (id: string) => Trajectory | undefined {
  if (typeof trajectories === 'function') return trajectories
  const found = new Map<string, Trajectory>()
  for (const trajectory of trajectories) found.set(trajectory.id, trajectory)
  return id => found.get(id)
}

/** Whether a template writes an answer otherwise once another follows. */
function rewrites(format: ChatFormat): boolean {
  const roles = ['user', 'assistant', 'user', 'assistant'] as const
  return attemptMask(() => format.turns(roles.map(role => ({ role, content: 'x' })))) instanceof MisstepError
}

function decodeLeniently(format: ChatFormat, ids: readonly number[]): string {
  try {
    return format.tokenizer.decode(ids)
  } catch {
    return `(not of this tokenizer: ${ids.join(' ')})`
  }
}
