/**
 * Threads that render chunks of lines.
 * @module
 */
import { Worker } from 'node:worker_threads'
import { type ErrorCode, MisstepError } from '../core/errors.ts'
import { loadChatFormat } from './chat-format.ts'
import type { Chunk } from './read-chunks.ts'
import { CHUNK_MODULE, type ChunkResult, renderChunk } from './render-chunk.ts'
import type { RenderRowsOptions } from './render-examples.ts'

/** What a thread is told: options are copied, so none of them is a function. */
export type ThreadOptions = Omit<RenderRowsOptions, 'weigh'>

export interface RenderThreads {
  readonly count: number
  render(chunk: Chunk): Promise<ChunkResult>
  close(): Promise<void>
}

const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads')
const { module, folder, options } = workerData
const ready = Promise.all([import(module), import(new URL('./chat-format.js', module).href)]).then(
  async ([{ renderChunk }, { loadChatFormat }]) => ({ renderChunk, format: await loadChatFormat(folder) }),
)
const decoder = new TextDecoder()
parentPort.on('message', async ({ bytes, file }) => {
  try {
    const { renderChunk, format } = await ready
    const result = renderChunk(format, decoder.decode(bytes), options, file)
    parentPort.postMessage({ result }, [result.bytes.buffer])
  } catch (error) {
    parentPort.postMessage({ error: { message: String(error?.message ?? error), code: error?.code } })
  }
})
`

/**
 * Starts threads. Run from sources that Node cannot load by itself, as tests are, all is done in this thread.
 *
 * @param folder the checkpoint whose tokenizer and chat template are used
 */
export async function startRenderThreads(
  folder: string,
  options: ThreadOptions,
  count: number,
): Promise<RenderThreads> {
  if (count <= 1 || CHUNK_MODULE.endsWith('.ts')) {
    const format = await loadChatFormat(folder)
    const decoder = new TextDecoder()
    const render = async ({ bytes, file }: Chunk) => renderChunk(format, decoder.decode(bytes), options, file)
    return { count: 1, render, close: async () => {} }
  }
  const threads = Array.from({ length: count }, () => startThread(folder, options))
  let next = 0
  return {
    count,
    render: chunk => threads[next++ % count]!.render(chunk),
    close: async () => {
      await Promise.all(threads.map(thread => thread.close()))
    },
  }
}

type Answer = { result: ChunkResult } | { error: { message: string; code?: string } }

function startThread(folder: string, options: ThreadOptions) {
  const worker = new Worker(PROGRAM, {
    eval: true,
    execArgv: [],
    // Rows are made and let go: with room for them, little of what is still needed is copied in between.
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
    workerData: { module: CHUNK_MODULE, folder, options },
  })
  const waiting: { resolve(result: ChunkResult): void; reject(error: Error): void }[] = []
  let failure: MisstepError | undefined
  const fail = (what: string, cause?: unknown) => {
    failure ??= new MisstepError('data', what, { cause })
    for (const { reject } of waiting.splice(0)) reject(failure)
  }
  worker.on('message', (answer: Answer) => {
    const { resolve, reject } = waiting.shift()!
    if ('result' in answer) resolve(answer.result)
    else reject(new MisstepError((answer.error.code ?? 'data') as ErrorCode, answer.error.message))
  })
  worker.on('error', cause =>
    fail(`A rendering thread failed (${cause instanceof Error ? cause.message : cause})`, cause),
  )
  worker.on('exit', code => fail(`A rendering thread ended (exit code ${code})`))
  return {
    render: ({ bytes, file }: Chunk) =>
      new Promise<ChunkResult>((resolve, reject) => {
        if (failure) return reject(failure)
        waiting.push({ resolve, reject })
        worker.postMessage({ bytes, file }, [bytes.buffer as ArrayBuffer])
      }),
    close: () => worker.terminate(),
  }
}
