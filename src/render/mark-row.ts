/**
 * What a row must hold by its trajectory, and the spans of rows that say nothing of theirs.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import { type Example, NO_LOSS, type Span } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { attemptMask } from './attempt-mask.ts'
import type { ChatFormat } from './chat-format.ts'
import { type EncodedPart, encodeTurns } from './encode-turns.ts'
import { isError } from './mask.ts'
import { trajectoryMessages } from './react.ts'
import { stepOfTurn } from './row-id.ts'

/** Which part of its trajectory a row is of. */
export interface RowExtent {
  prompt: string
  /** Its first step and its last, of which it has the answer only. */
  first: number
  last: number
  /** Whether it trains that answer only. */
  isTurn: boolean
}

/**
 * What a row must hold, span by span; `undefined` where tokens straddle the border of a turn; the error where the template
 * rewrites history.
 */
export function expectedSpans(
  format: ChatFormat,
  trajectory: Trajectory,
  { prompt, first, last, isTurn }: RowExtent,
): EncodedPart[] | undefined | MisstepError {
  const messages = trajectoryMessages(trajectory, { prompt }).filter(({ step, role }) => {
    return step < 0 || (step >= first && (step < last || (step === last && role === 'assistant')))
  })
  return attemptMask(() => {
    const turns = isTurn ? format.lastTurn(messages) : format.turns(messages)
    return encodeTurns(format, messages, turns, trajectory.steps)
  })
}

/**
 * A row with the spans that it has by its trajectory, of which first steps may be missing; `undefined` where its tokens are
 * not of that trajectory.
 *
 * @example
 * const marked = markRow(completeRow({ id: 'train-1', input_ids, labels }, 0), trajectory, format, { prompt })
 */
export function markRow(
  row: Example,
  trajectory: Trajectory,
  format: ChatFormat,
  { prompt = '' }: { prompt?: string },
): Example | undefined {
  const last = row.trajectory === undefined ? trajectory.steps.length - 1 : stepOfTurn(row.id)
  for (let first = 0; first <= last; first++) {
    const spans = expectedSpans(format, trajectory, { prompt, first, last, isTurn: row.trajectory !== undefined })
    if (!spans || spans instanceof MisstepError) return undefined
    const length = spans.reduce((sum, { ids }) => sum + ids.length, 0)
    if (length === row.input_ids.length) return { ...row, spans: placed(spans, row, trajectory) }
    if (length < row.input_ids.length) return undefined
  }
  return undefined
}

function placed(spans: readonly EncodedPart[], { labels }: Example, { steps }: Trajectory): Span[] {
  let to = 0
  return spans.map(({ ids, role, step }) => {
    const from = to
    to += ids.length
    const trained = labels.slice(from, to).some(label => label !== NO_LOSS)
    const isWrong = role === 'assistant' && isError(steps[step]!)
    return { from, to, step, role, trained, ...(isWrong && { error: true }) }
  })
}
