/**
 * Starts the user's server for a checkpoint, and ends it with us.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openTensorFiles, readOutline } from '../checkpoint/index.ts'
import type { ChatModel } from '../core/agent.ts'
import { MisstepError } from '../core/errors.ts'
import { createEndpointModel } from '../models/chat/chat-model.ts'
import { fillServe, type Serve } from './serve-schema.ts'

export interface ServeOptions {
  serve: Serve
  /** The checkpoint's folder. */
  folder: string
  /** The Python that `{python}` stands for. */
  python: string
  /** What the server prints goes there. */
  log: string
  signal?: AbortSignal
}

/**
 * Runs the command in a process group of its own. It is told by the end of its input that we are gone, in whatever way,
 * and ends the group: no server outlives us.
 */
const WATCHER = `
const { spawn } = require('node:child_process')
const [command, ...args] = process.argv.slice(1)
const server = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
server.on('error', error => { console.error(error.message); process.exit(127) })
server.on('exit', code => process.exit(code ?? 1))
process.stdin.resume().on('end', () => {
  process.on('SIGTERM', () => {})
  process.kill(0, 'SIGTERM')
  setTimeout(() => process.kill(0, 'SIGKILL'), 10000)
})`

/** A folder is served: there is nothing to fetch, and nobody to tell. */
const OFFLINE = { HF_HUB_OFFLINE: '1', HF_HUB_DISABLE_TELEMETRY: '1', VLLM_NO_USAGE_STATS: '1', DO_NOT_TRACK: '1' }

/**
 * A model behind the user's server, started on a free port of 127.0.0.1; `close` ends the server.
 *
 * @throws {MisstepError} `model` when the server ends or does not answer in time; its last words are in the log
 * @example
 * const serve = { command: ['vllm', 'serve', '{checkpoint}', '--served-model-name', '{name}', '--port', '{port}'] }
 * const model = await serveCheckpoint({ serve: serveSchema.parse(serve), folder, python: 'python3', log: 'serve.log' })
 */
export async function serveCheckpoint(options: ServeOptions): Promise<ChatModel> {
  const { serve, python, log, signal } = options
  const folder = resolve(options.folder)
  const port = await freePort()
  const words = { checkpoint: folder, name: basename(folder), port: String(port), python }
  const { command, model } = fillServe(serve, words)
  const about = await describe(folder)
  mkdirSync(dirname(log), { recursive: true })
  const output = createWriteStream(log, { flags: 'a' })
  output.write(`${command.join(' ')}\n`)
  const child = spawn(process.execPath, ['-e', WATCHER, ...command], {
    env: { ...process.env, ...OFFLINE },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  })
  child.stdout.pipe(output, { end: false })
  child.stderr.pipe(output, { end: false })
  child.stdin.on('error', () => {})
  const closed = new Promise<void>(done => child.once('close', () => done()))
  const end = async () => {
    child.stdin.end()
    await closed
    output.end()
  }
  try {
    const address = `http://127.0.0.1:${port}`
    await untilReady(address, child, serve.readySeconds, command, log, signal)
    const { requestsAtOnce, timeoutSeconds } = serve
    const { contextLength, checkpoint } = about
    const endpoint = { url: `${address}/v1`, model, requestsAtOnce, timeoutSeconds, contextLength }
    const served = await createEndpointModel(endpoint, signal && { signal })
    return {
      name: words.name,
      contextLength,
      checkpoint,
      complete: request => served.complete(request),
      async close() {
        await served.close()
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

async function describe(folder: string): Promise<{ contextLength: number; checkpoint: string }> {
  const files = await openTensorFiles(folder)
  try {
    return { contextLength: readOutline(folder).contextLength, checkpoint: await files.sha256() }
  } finally {
    await files.close()
  }
}

/** Waits until the server says that it is well, or that it does not know the question. */
async function untilReady(
  address: string,
  child: ChildProcess,
  seconds: number,
  command: readonly string[],
  log: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const refuse = (what: string) =>
    new MisstepError('model', what, { value: command.join(' '), advice: `What it printed is in ${log}.` })
  const until = Date.now() + seconds * 1000
  while (Date.now() < until) {
    signal?.throwIfAborted()
    if (child.exitCode !== null || child.signalCode !== null) {
      throw refuse(`The server for the checkpoint has ended (exit code ${child.exitCode ?? child.signalCode})`)
    }
    const limit = AbortSignal.timeout(5000)
    const response = await fetch(`${address}/health`, { signal: limit }).catch(() => undefined)
    if (response && response.status < 500) return
    await sleep(250, undefined, signal && { signal })
  }
  throw refuse(`The server for the checkpoint does not answer after ${seconds} s`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
