/**
 * Files of trajectories to a file of training rows, on all cores and in little memory.
 * @module
 */
import { once } from 'node:events'
import { createWriteStream, renameSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { MisstepError } from '../core/errors.ts'
import { storeError } from '../store/store-error.ts'
import { readChunks } from './read-chunks.ts'
import { type ChunkResult, type FileCounts, TOLD } from './render-chunk.ts'
import type { DroppedRow } from './render-examples.ts'
import { startRenderThreads, type ThreadOptions } from './render-threads.ts'

export interface RenderFilesOptions extends ThreadOptions {
  /** Default: all cores. */
  threads?: number
  signal?: AbortSignal
}

export interface RenderFilesReport extends FileCounts {
  /** The first rows that were left out. */
  dropped: DroppedRow[]
}

/** Chunks that a thread is given ahead. */
const AHEAD = 2

/**
 * Renders the trajectories of JSONL files to a JSONL file of rows, in their order. The file is complete or not there. Rows
 * are never all in memory: a million of them take no more than a thousand.
 *
 * @param folder the checkpoint whose tokenizer and chat template are used
 * @throws {MisstepError} `data` when a line is no trajectory; `model` when the folder or the template does not do; `mask`
 * when no mask could be decided in any row; `store` when reading or writing fails; `interrupted` when aborted
 * @example
 * const { rows, split } = await renderFiles('models/qwen', ['reflected.jsonl'], 'rows.jsonl', { mask: 'errors', maxTokens: 4096 })
 */
export async function renderFiles(
  folder: string,
  from: readonly string[],
  to: string,
  { threads = availableParallelism(), signal, ...options }: RenderFilesOptions,
): Promise<RenderFilesReport> {
  const aside = `${to}.${process.pid}.part`
  const pool = await startRenderThreads(folder, options, threads)
  const output = createWriteStream(aside)
  const failed = new Promise<never>((_, reject) => {
    output.on('error', error => reject(storeError('Cannot write the file', to, error)))
  })
  failed.catch(() => {})
  const report: RenderFilesReport = { ...NOTHING, dropped: [] }
  const write = async ({ bytes, counts, dropped }: ChunkResult) => {
    for (const name of Object.keys(counts) as (keyof FileCounts)[]) report[name] += counts[name]
    report.dropped.push(...dropped.slice(0, TOLD - report.dropped.length))
    if (!output.write(bytes)) await Promise.race([once(output, 'drain'), failed])
  }
  const running: Promise<ChunkResult>[] = []
  try {
    for await (const chunk of readChunks(from)) {
      if (signal?.aborted) throw new MisstepError('interrupted', 'Rendering was stopped; nothing was written')
      const result = pool.render(chunk)
      // Whoever is not waited for any more, after a failure of another, fails unheard.
      result.catch(() => {})
      running.push(result)
      if (running.length >= AHEAD * pool.count) await write(await running.shift()!)
    }
    for (const result of running) await write(await result)
    if (report.rows === 0 && report.maskErrors > 0 && report.tooLong + report.nothingTrained === 0) {
      throw new MisstepError('mask', report.dropped[0]!.message!)
    }
    output.end()
    await Promise.race([once(output, 'close'), failed])
    renameSync(aside, to)
    return report
  } finally {
    output.destroy()
    await pool.close()
    rmSync(aside, { force: true })
  }
}

const NOTHING: FileCounts = {
  trajectories: 0,
  rows: 0,
  tokens: 0,
  trainedTokens: 0,
  split: 0,
  shortenedRows: 0,
  droppedSteps: 0,
  droppedTrainedSteps: 0,
  tooLong: 0,
  nothingTrained: 0,
  maskErrors: 0,
}
