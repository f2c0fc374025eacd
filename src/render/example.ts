/**
 * Trajectory to training row: token ids, and which of them carry loss.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import { type Example, NO_LOSS, type Span } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import type { ChatFormat } from './chat-format.ts'
import { carriesLoss, isError, type MaskPolicy } from './mask.ts'
import { trajectoryMessages } from './react.ts'

export interface RenderOptions {
  mask: MaskPolicy
  /** What an agent is told before its first episode: `environment.prompt`; default empty. */
  prompt?: string
}

/**
 * Makes one row of one trajectory. A step that carries loss has labels on the tokens of its thought and action and on
 * the stop token; everything else has the label -100. Spans cover the row without gaps: what introduces an answer, the
 * answer with its stop token, and each other message are spans of their own.
 *
 * @throws {MisstepError} `mask` when tokens would straddle the border of a span, or the template rewrites history
 * @example
 * const row = renderExample(await loadChatFormat('students/household-1m'), trajectory, { mask: 'errors' })
 */
export function renderExample(format: ChatFormat, trajectory: Trajectory, options: RenderOptions): Example {
  const messages = trajectoryMessages(trajectory, options)
  const turns = format.turns(messages)
  const ids: number[] = []
  const labels: number[] = []
  const spans: Span[] = []
  turns.forEach(({ header, content, stop, rest }, i) => {
    const { role, step: index } = messages[i]!
    const step = role === 'assistant' ? trajectory.steps[index]! : undefined
    const trained = step !== undefined && carriesLoss(step, options.mask)
    const add = (text: string, trained: boolean) => {
      const own = format.tokenizer.encode(text)
      if (own.length === 0) return
      const from = ids.length
      for (const id of own) {
        ids.push(id)
        labels.push(trained ? id : NO_LOSS)
      }
      spans.push({ from, to: ids.length, step: index, role, trained, ...(step && isError(step) && { error: true }) })
    }
    add(header, false)
    add(content + stop, trained)
    add(rest, false)
  })
  const whole = format.tokenizer.encode(turns.map(turn => turn.header + turn.content + turn.stop + turn.rest).join(''))
  if (whole.length !== ids.length || whole.some((id, at) => id !== ids[at])) {
    const at = whole.findIndex((id, at) => id !== ids[at])
    throw new MisstepError('mask', `In ${trajectory.id}, tokens straddle the border of a turn`, {
      value: format.tokenizer.decode(whole.slice(at < 0 ? -5 : Math.max(0, at - 5)).slice(0, 10)),
      advice: 'The template does not separate its turns by special tokens. Use a checkpoint whose template does.',
    })
  }
  return { id: trajectory.id, input_ids: ids, labels, attention_mask: ids.map(() => 1), spans }
}

/** A trajectory that became no row. */
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
}

/**
 * Makes rows of many trajectories. Rows that are longer than `maxTokens`, that train nothing or whose mask cannot be
 * decided are left out and reported; a row is never cut.
 *
 * @throws {MisstepError} `mask` when no mask could be decided in any of the rows
 * @example
 * const { examples, dropped } = renderExamples(format, trajectories, { mask: 'errors', maxTokens: 1024 })
 */
export function renderExamples(
  format: ChatFormat,
  trajectories: Iterable<Trajectory>,
  options: RenderOptions & { maxTokens: number },
): RenderReport {
  const report: RenderReport = { examples: [], dropped: [], tokens: 0, trainedTokens: 0 }
  let maskError: MisstepError | undefined
  for (const trajectory of trajectories) {
    const { id } = trajectory
    try {
      const example = renderExample(format, trajectory, options)
      const tokens = example.input_ids.length
      const trained = countTrained(example)
      if (tokens > options.maxTokens) report.dropped.push({ id, reason: 'too-long', tokens })
      else if (trained === 0) report.dropped.push({ id, reason: 'nothing-trained', tokens })
      else {
        report.examples.push(example)
        report.tokens += tokens
        report.trainedTokens += trained
      }
    } catch (error) {
      if (!(error instanceof MisstepError) || error.code !== 'mask') throw error
      maskError ??= error
      report.dropped.push({ id, reason: 'mask-error', message: error.message })
    }
  }
  if (maskError && report.dropped.every(row => row.reason === 'mask-error') && report.examples.length === 0) {
    throw maskError
  }
  return report
}

/** How many tokens of a row carry loss. */
export const countTrained = (example: Example): number => example.labels.filter(label => label !== NO_LOSS).length
