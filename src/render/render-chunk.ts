/**
 * Lines of trajectories to lines of training rows: what each thread of `renderFiles` does.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { type Example, NO_LOSS } from '../core/example.ts'
import { trajectorySchema } from '../core/trajectory.ts'
import type { ChatFormat } from './chat-format.ts'
import { type DroppedRow, emptyReport, type RenderRowsOptions, renderRows } from './render-examples.ts'

/** Of this very module, for threads to load it by. */
export const CHUNK_MODULE = import.meta.url

/** What was made of some lines. */
export interface ChunkResult {
  /** The rows, one JSON object a line, in UTF-8. */
  bytes: Uint8Array<ArrayBuffer>
  counts: FileCounts
  /** The first rows that were left out. */
  dropped: DroppedRow[]
}

export interface FileCounts {
  trajectories: number
  rows: number
  tokens: number
  trainedTokens: number
  /** Trajectories that became one row for each trained step. */
  split: number
  shortenedRows: number
  droppedSteps: number
  droppedTrainedSteps: number
  tooLong: number
  nothingTrained: number
  maskErrors: number
}

/** Left-out rows that are told of one by one. */
export const TOLD = 20

const encoder = new TextEncoder()

/** @param place where the lines are, for errors */
export function renderChunk(format: ChatFormat, text: string, options: RenderRowsOptions, place: string): ChunkResult {
  const lines = text.split('\n')
  const report = emptyReport()
  let trajectories = 0
  for (const line of lines) {
    if (line.trim() === '') continue
    renderRows(format, parseTrajectory(line, place), options, report)
    trajectories++
  }
  const { examples, dropped, tokens, trainedTokens, split, shortened } = report
  const left = (reason: DroppedRow['reason']) => dropped.filter(row => row.reason === reason).length
  const rows: string[] = []
  for (const example of examples) rows.push(`${rowText(example)}\n`)
  return {
    bytes: encoder.encode(rows.join('')),
    counts: {
      trajectories,
      rows: examples.length,
      tokens,
      trainedTokens,
      split,
      shortenedRows: shortened.rows,
      droppedSteps: shortened.steps,
      droppedTrainedSteps: shortened.trainedSteps,
      tooLong: left('too-long'),
      nothingTrained: left('nothing-trained'),
      maskErrors: left('mask-error'),
    },
    dropped: dropped.slice(0, TOLD),
  }
}

/** `JSON.stringify` of a row, but that its long runs of the same number are not written one by one. */
function rowText(example: Example): string {
  const { id, input_ids: ids, labels, attention_mask: attention, spans, ...rest } = example
  const parts = spans.map(({ from, to, trained }) =>
    trained ? `${labels.slice(from, to).join()},` : `${NO_LOSS},`.repeat(to - from),
  )
  const arrays = [
    `"input_ids":[${ids.join()}]`,
    `"labels":[${parts.join('').slice(0, -1)}]`,
    `"attention_mask":[${'1,'.repeat(attention.length).slice(0, -1)}]`,
    `"spans":${JSON.stringify(spans)}`,
    ...Object.entries(rest).map(([name, value]) => `"${name}":${JSON.stringify(value)}`),
  ]
  return `{"id":${JSON.stringify(id)},${arrays.join()}}`
}

function parseTrajectory(line: string, place: string) {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new MisstepError('data', `A line of ${place} is not JSON`, {
      value: line,
      advice: 'The file is damaged there.',
      cause,
    })
  }
  const result = trajectorySchema.safeParse(value)
  if (result.success) return result.data
  const advice = z.prettifyError(result.error)
  throw new MisstepError('data', `A line of ${place} is no trajectory`, { value, advice })
}
