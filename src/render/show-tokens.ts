/**
 * A row as data for a coloured display.
 * @module
 */
import { type Example, NO_LOSS, type Span } from '../core/example.ts'
import type { ChatFormat } from './chat-format.ts'

export interface ShownToken {
  id: number
  /** A token that holds only a part of a character shows U+FFFD. */
  text: string
  /** Whether it carries loss, as its label says. */
  trained: boolean
  /** How much it counts: 0 without loss, else 1 where the row says nothing else. */
  weight: number
  /** -1 for the prompt. */
  step: number
  role: Span['role']
  /** True in a step that was judged an error. */
  error: boolean
}

/**
 * Every token of a row, in order.
 *
 * @example
 * for (const { text, trained } of showTokens(example, format)) process.stdout.write(trained ? green(text) : dim(text))
 */
export function showTokens(example: Example, format: Pick<ChatFormat, 'tokenizer'>): ShownToken[] {
  return example.spans.flatMap(({ from, to, step, role, error = false }) =>
    example.input_ids.slice(from, to).map((id, i) => ({
      id,
      text: format.tokenizer.decode([id]),
      trained: example.labels[from + i] !== NO_LOSS,
      weight: example.labels[from + i] === NO_LOSS ? 0 : (example.weights?.[from + i] ?? 1),
      step,
      role,
      error,
    })),
  )
}
