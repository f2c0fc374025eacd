/**
 * Writes data in a trainer's dialect.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import type { Example } from '../core/example.ts'
import { countTrained } from '../render/index.ts'
import type { WeightedConversation } from './conversation.ts'
import type { Dialect, DialectOptions, MessageDialect, TokenDialect } from './dialect.ts'
import { jsonlWriter, parquetWriter } from './row-writer.ts'

export interface ExportReport {
  /** Conversations or examples that were read. */
  sources: number
  /** Rows that were written. */
  rows: number
  /** Of all rows: tokens or answers with loss, and without. */
  trained: number
  masked: number
  /** Sources that became no row: why, and how many. */
  leftOut: Record<string, number>
}

/** Stands for a source that whoever reads them has left out already, and says why. */
export interface LeftOut {
  leftOut: string
}

/**
 * Writes a file in the dialect of a trainer. Each row is checked by the target's own rules; what breaks them is left out
 * and counted. Memory does not grow with the number of rows.
 *
 * @param path is there only when it is complete
 * @throws {MisstepError} `mask` when the target cannot express the mask of a row; `data` when too few rows are left
 * @example
 * await exportRows(dialectNamed('openai'), conversations, 'train.jsonl')
 */
export async function exportRows<D extends Dialect>(
  dialect: D,
  sources: AsyncIterable<SourceOf<D> | LeftOut> | Iterable<SourceOf<D> | LeftOut>,
  path: string,
  options: DialectOptions = {},
): Promise<ExportReport> {
  const report: ExportReport = { sources: 0, rows: 0, trained: 0, masked: 0, leftOut: {} }
  const leave = (why: string) => {
    report.leftOut[why] = (report.leftOut[why] ?? 0) + 1
  }
  const writer = dialect.file === 'parquet' ? parquetWriter(path) : jsonlWriter(path)
  try {
    for await (const source of sources) {
      report.sources++
      if ('leftOut' in source) {
        leave(source.leftOut)
        continue
      }
      const { trained, masked } = countParts(source)
      if (trained === 0) {
        leave('nothing in it carries loss')
        continue
      }
      const rows = rowsOf(dialect, source, options)
      const fault = rows.map(row => faultOf(dialect, row)).find(found => found !== undefined)
      if (fault !== undefined) {
        leave(fault)
        continue
      }
      for (const row of rows) writer.write(row)
      report.rows += rows.length
      report.trained += trained
      report.masked += masked
    }
    refuseTooFew(dialect, report)
    writer.finish()
    return report
  } finally {
    writer.abandon()
  }
}

export type SourceOf<D extends Dialect> = D extends TokenDialect
  ? Example
  : D extends MessageDialect
    ? WeightedConversation
    : never

function rowsOf(dialect: Dialect, source: Example | WeightedConversation, options: DialectOptions): object[] {
  // Which of the two a dialect reads is said by `reads`, and the caller's types keep it.
  return (dialect as { rows(source: unknown, options: DialectOptions): object[] }).rows(source, options)
}

/** @returns which of the target's rules a row breaks, in words, or `undefined` */
export function faultOf(dialect: Dialect, row: unknown): string | undefined {
  const result = dialect.schema.safeParse(row)
  if (result.success) return undefined
  const { path, message } = result.error.issues[0]!
  // The place within the row without its numbers, so that equal faults count together.
  const place = path.filter(key => typeof key === 'string').join('.')
  return place === '' ? message : `${place}: ${message}`
}

/** How many tokens of a row, or answers of a conversation, carry loss, and how many do not. */
function countParts(source: Example | WeightedConversation): { trained: number; masked: number } {
  if ('labels' in source) {
    const trained = countTrained(source)
    return { trained, masked: source.labels.length - trained }
  }
  const answers = source.messages.filter(message => message.role === 'assistant')
  const trained = answers.filter(({ weight }) => weight > 0).length
  return { trained, masked: answers.length - trained }
}

function refuseTooFew(dialect: Dialect, { rows, sources, leftOut }: ExportReport): void {
  const { fewestRows = 1 } = dialect
  if (rows >= fewestRows) return
  const why = Object.entries(leftOut).map(([reason, count]) => `${count} of ${sources} were left out: ${reason}`)
  throw new MisstepError('data', `${dialect.name} needs at least ${fewestRows} rows, and there are ${rows}`, {
    advice: why.length > 0 ? `${why.join('\n  ')}.` : 'Give it more data; nothing was written.',
  })
}
