/**
 * Rules that several targets share, as parts of their schemas.
 * @module
 */
import { z } from 'zod'
import { NO_LOSS } from '../core/example.ts'

interface Spoken {
  role: string
}

/** An optional system message, then user and assistant in turn; the last one is the assistant's. */
export function inTurn(messages: readonly Spoken[]): boolean {
  const spoken = messages[0]?.role === 'system' ? messages.slice(1) : messages
  return (
    spoken.length > 0 &&
    spoken.length % 2 === 0 &&
    spoken.every(({ role }, index) => role === (index % 2 === 0 ? 'user' : 'assistant'))
  )
}

export const IN_TURN =
  'messages must be user and assistant in turn, after at most one system message, and end with an assistant'

/** A list that passes a test of its numbers; some thirty times as fast as a schema for each of them. */
const numbers = (test: (value: number) => boolean, message: string) =>
  z.custom<number[]>(value => Array.isArray(value) && value.length > 0 && value.every(test), message)

/** Of rows of tokens; `withLabels` says how the two belong together. */
export const tokenRow = {
  input_ids: numbers(id => Number.isInteger(id) && id >= 0, 'must be a list of token ids'),
  labels: numbers(label => Number.isInteger(label) && label >= NO_LOSS, 'must be a list of labels'),
}

/** Every token is attended to: rows are not padded. */
export const attentionMask = numbers(entry => entry === 1, 'must be a list of ones')

/** @returns what is wrong with the labels of a row, in words */
function labelFault(row: { input_ids: readonly number[]; labels: readonly number[] }): string | undefined {
  if (row.labels.length !== row.input_ids.length) return 'must have as many labels as input_ids'
  let trained = 0
  for (let at = 0; at < row.labels.length; at++) {
    if (row.labels[at] === NO_LOSS) continue
    if (row.labels[at] !== row.input_ids[at]) return `must have ${NO_LOSS} or the token's own id as label ${at}`
    // No model predicts the first token, so its label is never read.
    if (at > 0) trained++
  }
  return trained > 0 ? undefined : 'must have a label that carries loss'
}

/** Adds `labelFault` to a schema of rows. */
export function withLabels<T extends z.ZodType<{ input_ids: number[]; labels: number[] }>>(schema: T): T {
  return schema.superRefine((row, context) => {
    const message = labelFault(row)
    if (message) context.addIssue({ code: 'custom', path: ['labels'], message })
  }) as T
}
