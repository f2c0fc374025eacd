/**
 * What a row must hold by its trajectory, and the spans of rows that say nothing of theirs.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import { type Example, NO_LOSS, type Span } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import type { ChatFormat } from './chat-format.ts'
import { type EncodedPart, encodeTurns } from './encode-turns.ts'
import { isError } from './mask.ts'
import { type RenderMessage, trajectoryMessages } from './react.ts'

/**
 * What a row of these messages must hold, span by span; `undefined` where tokens straddle the border of a turn.
 *
 * @param isTurn whether the row trains its last answer only
 * @throws {MisstepError} `mask` when the template rewrites history
 */
export function expectedSpans(
  format: ChatFormat,
  messages: readonly RenderMessage[],
  { steps }: Trajectory,
  isTurn: boolean,
): EncodedPart[] | undefined {
  return encodeTurns(format, messages, isTurn ? format.lastTurn(messages) : format.turns(messages), steps)
}

/** The number of the step that a row of one turn trains, from 1, is in its id: `golden/1 (step 3) (again 1)`. */
const TURN = /^(.*) \(step (\d+)\)(?: \(again \d+\))?$/s

/** The trajectory's id in that of a row of one turn. */
export const trajectoryOfTurn = (id: string): string | undefined => TURN.exec(id)?.[1]

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
  options: { prompt?: string },
): Example | undefined {
  const last = row.trajectory === undefined ? trajectory.steps.length - 1 : Number(TURN.exec(row.id)?.[2]) - 1
  const messages = trajectoryMessages(trajectory, options).filter(
    ({ step, role }) => step < last || (step === last && role === 'assistant'),
  )
  for (let first = 0; first <= last; first++) {
    const kept = messages.filter(({ step }) => step < 0 || step >= first)
    const spans = attempt(() => expectedSpans(format, kept, trajectory, row.trajectory !== undefined))
    const length = spans?.reduce((sum, { ids }) => sum + ids.length, 0) ?? 0
    if (spans && length === row.input_ids.length) return { ...row, spans: placed(spans, row, trajectory) }
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

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof MisstepError && error.code === 'mask') return undefined
    throw error
  }
}
