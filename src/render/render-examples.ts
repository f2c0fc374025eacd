/**
 * Trajectories to training rows: as one row each where that is what the model sees, else one row for each trained step, and
 * never a row that is cut in the middle of a step.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import type { Example } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { attemptMask } from './attempt-mask.ts'
import type { ChatFormat } from './chat-format.ts'
import { buildExample, countTrained, type RenderOptions, renderTurn } from './example.ts'
import { carriesLoss } from './mask.ts'
import { type RenderMessage, trajectoryMessages } from './react.ts'
import { turnRowId } from './row-id.ts'

/** What happens to a row that is too long: it is left out, or its first steps are. */
export const TRUNCATIONS = ['drop-row', 'drop-steps'] as const
export type Truncation = (typeof TRUNCATIONS)[number]

export interface RenderRowsOptions extends RenderOptions {
  /** Most tokens of a row; default: any. */
  maxTokens?: number
  /**
   * `drop-row` (default): a row that is too long is left out. `drop-steps`: as many of its first steps are left out,
   * each with its observation, as it takes; the prompt stays. A trained step is never cut.
   */
  truncate?: Truncation
}

/** A row that was left out. */
export interface DroppedRow {
  id: string
  reason: 'too-long' | 'nothing-trained' | 'mask-error'
  /** The row's length in tokens; absent for a mask error. */
  tokens?: number
  /** What the mask error said. */
  message?: string
}

export interface RenderReport {
  examples: Example[]
  dropped: DroppedRow[]
  /** Of the rows that are left. */
  tokens: number
  trainedTokens: number
  /** Trajectories that became one row for each trained step, since the template rewrites history. */
  split: number
  /** Rows that lost their first steps, those steps, and how many of them would have been trained. */
  shortened: { rows: number; steps: number; trainedSteps: number }
}

/**
 * Makes rows of many trajectories. Rows that are longer than `maxTokens`, that train nothing or whose mask cannot be
 * decided are left out and reported.
 *
 * @throws {MisstepError} `mask` when no mask could be decided in any of the rows
 * @example
 * const { examples, dropped } = renderExamples(format, trajectories, { mask: 'errors', maxTokens: 1024 })
 */
export function renderExamples(
  format: ChatFormat,
  trajectories: Iterable<Trajectory>,
  options: RenderRowsOptions,
): RenderReport {
  const report = emptyReport()
  let maskError: MisstepError | undefined
  for (const trajectory of trajectories) {
    const failure = renderRows(format, trajectory, options, report)
    maskError ??= failure
  }
  if (maskError && report.dropped.every(row => row.reason === 'mask-error') && report.examples.length === 0) {
    throw maskError
  }
  return report
}

export const emptyReport = (): RenderReport => ({
  examples: [],
  dropped: [],
  tokens: 0,
  trainedTokens: 0,
  split: 0,
  shortened: { rows: 0, steps: 0, trainedSteps: 0 },
})

/** Adds the rows of one trajectory to a report; returns the first mask error. */
export function renderRows(
  format: ChatFormat,
  trajectory: Trajectory,
  options: RenderRowsOptions,
  report: RenderReport,
): MisstepError | undefined {
  const messages = trajectoryMessages(trajectory, options)
  let failure: MisstepError | undefined
  const attempt = (id: string, work: () => void) => {
    const error = attemptMask(work)
    if (!(error instanceof MisstepError)) return
    failure ??= error
    report.dropped.push({ id, reason: 'mask-error', message: error.message })
  }
  // An error where the template rewrites history.
  const turns = attemptMask(() => format.turns(messages))
  if (!(turns instanceof MisstepError)) {
    const whole = (kept: readonly RenderMessage[]) =>
      buildExample(format, kept, kept === messages ? turns : format.turns(kept), trajectory, options)
    attempt(trajectory.id, () => takeRow(whole, messages, trajectory, options, report))
    return failure
  }
  report.split++
  const trained = messages.filter(({ role, step }) => {
    return role === 'assistant' && carriesLoss(trajectory.steps[step]!, options.mask)
  })
  if (trained.length === 0) report.dropped.push({ id: trajectory.id, reason: 'nothing-trained' })
  for (const message of trained) {
    const upTo = messages.slice(0, messages.indexOf(message) + 1)
    const turn = (kept: readonly RenderMessage[]) => renderTurn(format, kept, trajectory, options)
    attempt(turnRowId(trajectory.id, message.step), () => takeRow(turn, upTo, trajectory, options, report))
  }
  return failure
}

/** Renders, without the first steps where it must, and takes the row or reports why not. */
function takeRow(
  render: (messages: readonly RenderMessage[]) => Example,
  messages: readonly RenderMessage[],
  trajectory: Trajectory,
  options: RenderRowsOptions,
  report: RenderReport,
): void {
  const { maxTokens = Number.POSITIVE_INFINITY, truncate = 'drop-row', mask } = options
  let row = render(messages)
  const { id } = row
  const tokens = row.input_ids.length
  let dropped = 0
  const stepsLeft = new Set(messages.map(({ step }) => step)).size - 2
  while (truncate === 'drop-steps' && row.input_ids.length > maxTokens && dropped < stepsLeft) {
    dropped += stepsToDrop(row, row.input_ids.length - maxTokens)
    row = render(messages.filter(({ step }) => step < 0 || step >= Math.min(dropped, stepsLeft)))
  }
  dropped = Math.min(dropped, stepsLeft)
  const trained = countTrained(row)
  if (row.input_ids.length > maxTokens) report.dropped.push({ id, reason: 'too-long', tokens })
  else if (trained === 0) report.dropped.push({ id, reason: 'nothing-trained', tokens })
  else {
    report.examples.push(row)
    report.tokens += row.input_ids.length
    report.trainedTokens += trained
    if (dropped > 0) {
      report.shortened.rows++
      report.shortened.steps += dropped
      const steps = row.trajectory === undefined ? trajectory.steps.slice(0, dropped) : []
      report.shortened.trainedSteps += steps.filter(step => carriesLoss(step, mask)).length
    }
  }
}

/** How many of the first steps of a row together have at least so many tokens; at least one. */
function stepsToDrop(row: Example, tooMany: number): number {
  let left = tooMany
  const first = row.spans.find(span => span.step >= 0)!.step
  for (const { from, to, step } of row.spans) {
    if (step < 0) continue
    if (left <= 0 && step > first) return step - first
    left -= to - from
  }
  return 1
}
