/**
 * Trajectory to training row: token ids, and which of them carry loss.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import { type Example, isWholeWeight, NO_LOSS, type Span } from '../core/example.ts'
import type { Step, Trajectory } from '../core/trajectory.ts'
import type { ChatFormat } from './chat-format.ts'
import type { Turn } from './chat-template.ts'
import { encodeTurns, partsOf } from './encode-turns.ts'
import { carriesLoss, isError, type MaskPolicy } from './mask.ts'
import { type RenderMessage, trajectoryMessages } from './react.ts'
import { turnRowId } from './row-id.ts'

export interface RenderOptions {
  mask: MaskPolicy
  /** What an agent is told before its first episode: `environment.prompt`; default empty. */
  prompt?: string
  /**
   * How much a step that carries loss counts, 0 or more; default 1. It is asked about no other step, so an error step
   * never gets any. Rows have `weights` only where one of them is neither 0 nor 1.
   */
  weigh?: (step: Step, index: number) => number
}

/**
 * Makes one row of one trajectory. A step that carries loss has labels on the tokens of its thought and action and on
 * the stop token; everything else has the label -100. Spans cover the row without gaps: what introduces an answer, the
 * answer with its stop token, and each other message are spans of their own. An answer has the ids that the model sampled,
 * where the step holds them.
 *
 * @throws {MisstepError} `mask` when tokens would straddle the border of a span, or the template rewrites history
 * @example
 * const row = renderExample(await loadChatFormat('students/household-base'), trajectory, { mask: 'errors' })
 */
export function renderExample(format: ChatFormat, trajectory: Trajectory, options: RenderOptions): Example {
  const messages = trajectoryMessages(trajectory, options)
  return buildExample(format, messages, format.turns(messages), trajectory, options)
}

/**
 * Makes the row that trains one step only, of what the model sees before it and what it writes then: for templates that
 * write an answer otherwise once others follow it, such as those that leave thinking out of what was said.
 *
 * @param messages of the trajectory, ending with the step's answer
 * @throws {MisstepError} `mask` when not even that answer is written as the model would have to write it
 * @example
 * const messages = trajectoryMessages(trajectory)
 * const row = renderTurn(format, messages.slice(0, 4), trajectory, { mask: 'errors' })
 */
export function renderTurn(
  format: ChatFormat,
  messages: readonly RenderMessage[],
  trajectory: Trajectory,
  options: RenderOptions,
): Example {
  const { step } = messages.at(-1)!
  const row = buildExample(format, messages, format.lastTurn(messages), trajectory, options, step)
  return { ...row, id: turnRowId(trajectory.id, step), trajectory: trajectory.id }
}

/** @param only the one step that may carry loss; default: any */
export function buildExample(
  format: ChatFormat,
  messages: readonly RenderMessage[],
  turns: readonly Turn[],
  trajectory: Trajectory,
  { mask, weigh }: RenderOptions,
  only?: number,
): Example {
  const encoded = encodeTurns(format, messages, turns, trajectory.steps) ?? refuse(format, trajectory, partsOf(turns))
  const length = encoded.reduce((sum, part) => sum + part.ids.length, 0)
  const ids = new Array<number>(length)
  const labels = new Array<number>(length).fill(NO_LOSS)
  const weights: number[] = []
  const spans: Span[] = []
  let to = 0
  for (const { ids: own, role, step: index, isContent } of encoded) {
    const step = role === 'assistant' ? trajectory.steps[index]! : undefined
    const mayTrain = isContent && (only === undefined || only === index)
    const weight = step && mayTrain && carriesLoss(step, mask) ? weightOf(step, index, weigh) : 0
    const trained = weight > 0
    const from = to
    for (const id of own) {
      ids[to] = id
      if (trained) labels[to] = id
      if (weigh) weights.push(weight)
      to++
    }
    spans.push({ from, to, step: index, role, trained, ...(step && isError(step) && { error: true }) })
  }
  const isWeighted = !weights.every(isWholeWeight)
  const row = {
    id: trajectory.id,
    input_ids: ids,
    labels,
    attention_mask: new Array<number>(length).fill(1),
    spans,
  }
  return isWeighted ? { ...row, weights } : row
}

function weightOf(step: Step, index: number, weigh: RenderOptions['weigh']): number {
  const weight = weigh ? weigh(step, index) : 1
  if (Number.isFinite(weight) && weight >= 0) return weight
  throw new MisstepError('usage', `The weight of step ${index + 1} is no weight`, {
    value: weight,
    advice: 'A weight is a number, 0 or more; 0 leaves the step out of the loss.',
  })
}

function refuse({ tokenizer }: ChatFormat, trajectory: Trajectory, parts: readonly string[]): never {
  const border = parts.findIndex(
    (_, i) => tokenizer.encodeParts([parts.slice(0, i).join(''), parts.slice(i).join('')]) === undefined,
  )
  throw new MisstepError('mask', `In ${trajectory.id}, tokens straddle the border of a turn`, {
    value: `${parts.slice(0, border).join('').slice(-20)}${(parts[border] ?? '').slice(0, 20)}`,
    advice: 'The template does not separate its turns by special tokens. Use a checkpoint whose template does.',
  })
}

/** How many tokens of a row carry loss. */
export const countTrained = ({ labels }: Pick<Example, 'labels'>): number => {
  let count = 0
  for (const label of labels) if (label !== NO_LOSS) count++
  return count
}
