/**
 * Posts from a thread of its own, so that thousands of requests a second leave this one time to play.
 *
 * Requests and answers go between the threads in batches: a message for each would cost as much as it saves.
 * @module
 */
import { type MessagePort, Worker } from 'node:worker_threads'
import { createPoster, type Posted, type Poster, type PosterOptions } from './post.ts'
import type { Trouble } from './trouble.ts'

const MODULE = import.meta.url
/** Also where the process was started with `--input-type=module`, where there is no `require`. */
const PROGRAM = `
import('node:worker_threads').then(async ({ parentPort, workerData }) => {
  const { servePosts } = await import(workerData.module)
  servePosts(parentPort, workerData)
})
`

type Numbered<T> = [number: number, value: T]

interface Given {
  module: string
  address: string
  options: PosterOptions
}

/** No batch is larger, since who comes last waits for all of it. */
const MOST = 16

/** Gathers what is added in one turn of the event loop. */
function inBatches<T>(send: (batch: T[]) => void): (item: T) => void {
  let batch: T[] = []
  const flush = () => {
    if (batch.length > 0) send(batch)
    batch = []
  }
  return item => {
    const size = batch.push(item)
    if (size === 1) setImmediate(flush)
    if (size === MOST) flush()
  }
}

/** The thread's side: posts what comes in and sends back what came of it. */
export function servePosts(port: MessagePort, { address, options }: Given): void {
  const poster = createPoster(new URL(address), options)
  poster.prepare()
  const answer = inBatches<Numbered<Posted | Trouble>>(batch => port.postMessage(batch))
  port.on('message', (bodies: Numbered<string>[]) => {
    for (const [number, body] of bodies) void poster.post(body).then(posted => answer([number, posted]))
  })
}

/**
 * A poster whose work is done in a thread, which starts at once: by the first request it is ready. Run from sources that
 * Node cannot load by itself, as tests are, it is done in this one.
 */
export function createPostThread(address: URL, options: PosterOptions): Poster {
  if (MODULE.endsWith('.ts')) return createPoster(address, options)
  const waiting = new Map<number, (posted: Posted | Trouble) => void>()
  let last = 0

  const end = (reason: string) => {
    thread = undefined
    for (const resolve of waiting.values()) resolve(broken(reason))
    waiting.clear()
  }
  const start = () => {
    const given: Given = { module: MODULE, address: address.href, options }
    const started = new Worker(PROGRAM, { eval: true, workerData: given })
    started.on('message', (answers: Numbered<Posted | Trouble>[]) => {
      for (const [number, posted] of answers) {
        waiting.get(number)?.(posted)
        waiting.delete(number)
      }
      // A process ends while nothing is under way.
      if (waiting.size === 0) started.unref()
    })
    started.on('error', error => end(error.message))
    started.unref()
    return started
  }
  let thread: Worker | undefined = start()
  const send = inBatches<Numbered<string>>(batch => {
    thread ??= start()
    thread.ref()
    thread.postMessage(batch)
  })

  return {
    post: body =>
      new Promise(resolve => {
        waiting.set(++last, resolve)
        send([last, body])
      }),
    close() {
      void thread?.terminate()
      end('closed')
    },
  }
}

const broken = (value: string): Trouble => ({
  what: 'The thread that sends the requests has ended',
  value,
  advice: 'The same command goes on.',
  again: 'proven',
})
