/**
 * Writes rows to JSONL or Parquet, a few at a time, so that memory does not grow with the file.
 * @module
 */
import { ByteWriter, ParquetWriter, type SchemaElement, type Writer } from 'hyparquet-writer'
import { openOutput } from './open-output.ts'

export interface RowWriter {
  write(row: object): void
  finish(): void
  /** Removes what was written; does nothing after `finish`. */
  abandon(): void
}

const BUFFERED_CHARACTERS = 1 << 20

/** One JSON object a line. */
export function jsonlWriter(path: string): RowWriter {
  const output = openOutput(path)
  let lines: string[] = []
  let characters = 0
  const flush = () => {
    output.write(Buffer.from(lines.join('')))
    lines = []
    characters = 0
  }
  return {
    write(row) {
      const line = `${JSON.stringify(row)}\n`
      lines.push(line)
      characters += line.length
      if (characters > BUFFERED_CHARACTERS) flush()
    },
    finish() {
      flush()
      output.finish()
    },
    abandon: output.abandon,
  }
}

/** Tokens of a row group: a few megabytes in memory. */
const GROUP_TOKENS = 1 << 18

type TokenRow = Record<string, number[]>

/** Columns that are lists of 32-bit integers, named by the keys of the first row. */
export function parquetWriter(path: string): RowWriter {
  const output = openOutput(path)
  const bytes = new ByteWriter()
  const flush = () => {
    output.write(new Uint8Array(bytes.buffer, 0, bytes.index))
    bytes.index = 0
  }
  const writer: Writer = Object.assign(bytes, { flush, finish: flush })
  let parquet: ParquetWriter | undefined
  let columns: string[] = []
  let rows: TokenRow[] = []
  let tokens = 0
  const writeGroup = () => {
    if (rows.length === 0) return
    const columnData = columns.map(name => ({ name, data: rows.map(row => row[name]!) }))
    parquet!.write({ columnData, rowGroupSize: rows.length })
    rows = []
    tokens = 0
  }
  return {
    write(row) {
      columns = parquet ? columns : Object.keys(row)
      parquet ??= new ParquetWriter({ writer, schema: listSchema(columns) })
      rows.push(row as TokenRow)
      tokens += (row as TokenRow)[columns[0]!]!.length
      if (tokens > GROUP_TOKENS) writeGroup()
    },
    finish() {
      writeGroup()
      parquet?.finish()
      output.finish()
    },
    abandon: output.abandon,
  }
}

/** Three levels a column, as the format's documentation has it: `optional group (LIST) { repeated list { element } }`. */
function listSchema(columns: readonly string[]): SchemaElement[] {
  const lists = columns.flatMap((name): SchemaElement[] => [
    { name, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'INT32', repetition_type: 'OPTIONAL' },
  ])
  return [{ name: 'root', num_children: columns.length }, ...lists]
}
