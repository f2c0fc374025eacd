/**
 * Rows of training data that other programs wrote.
 * @module
 */
import { z } from 'zod'
import { type Example, exampleSchema, NO_LOSS, type Span } from '../core/example.ts'
import { trajectoryOfTurn } from './row-id.ts'

/** What every trainer's pre-tokenised row has; the rest of an `Example` is optional here. */
export const rowSchema = exampleSchema
  .partial()
  .required({ input_ids: true, labels: true })
  .extend({ id: z.union([z.string(), z.number()]).optional() })
export type LooseRow = z.infer<typeof rowSchema>

/**
 * Completes a row: where it has no spans, each run of tokens with loss counts as an answer, and what stands between as what the
 * user said; where it names no trajectory, its id may, as exported rows of one turn do.
 *
 * @param number of the row in its file; without an id, it gives the row its name
 * @example
 * completeRow({ input_ids: [1, 2], labels: [-100, 2] }, 0).spans.length // 2
 */
export function completeRow(row: LooseRow, number: number): Example {
  const { input_ids: ids, labels, attention_mask = ids.map(() => 1), spans = spansOf(labels), weights } = row
  const { id, ...source } = identifyRow(row, number)
  return { id, input_ids: ids, labels, attention_mask, spans, ...(weights && { weights }), ...source }
}

/** The name of a row, and the trajectory that it names. */
export function identifyRow(row: LooseRow, number: number): Pick<Example, 'id' | 'trajectory'> {
  const id = String(row.id ?? `row ${number}`)
  const trajectory = row.trajectory ?? trajectoryOfTurn(id)
  return { id, ...(trajectory !== undefined && { trajectory }) }
}

function spansOf(labels: readonly number[]): Span[] {
  const spans: Span[] = []
  let step = -1
  for (const [at, label] of labels.entries()) {
    const trained = label !== NO_LOSS
    const last = spans.at(-1)
    if (last?.trained === trained) last.to++
    else
      spans.push({ from: at, to: at + 1, step: trained ? ++step : step, role: trained ? 'assistant' : 'user', trained })
  }
  return spans
}
