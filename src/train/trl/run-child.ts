/**
 * Runs a training as a child that cannot outlive us, and reads what it tells.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseJson } from '../../core/parse-json.ts'
import { LOG_FILE } from './state-files.ts'
import { MESSAGE_MARK, STOP_FILE } from './train-script.ts'

export interface ChildOptions {
  command: readonly string[]
  environment: Readonly<Record<string, string>>
  /** The state folder: the log goes there. */
  folder: string
  signal?: AbortSignal
  /** How long a training may take to save once it is asked to stop, in milliseconds. Default: ten minutes. */
  patience?: number
}

export interface ChildEnd {
  /** Absent when a signal ended it. */
  code: number | null
  signal: NodeJS.Signals | null
  /** The end of what it printed. */
  output: string
  /** Set when it could not be started. */
  failure?: Error
}

/** As much of the output as an error needs. */
const KEPT_LINES = 200
const KILL_AFTER = 10_000

/**
 * Starts the command in a process group of its own, yields each message of it, and returns how it ended. When the signal
 * aborts, the training is asked to save and to stop; if it does not, or has not begun, its group is ended. Whoever stops
 * listening ends it too, and when this process dies, the training finds its input closed and ends itself.
 */
export async function* runChild(options: ChildOptions): AsyncGenerator<Record<string, unknown>, ChildEnd> {
  const { command, environment, folder, signal, patience = 600_000 } = options
  const log = createWriteStream(join(folder, LOG_FILE), { flags: 'a' })
  const kept: string[] = []
  const keep = (line: string) => {
    log.write(`${line}\n`)
    kept.push(line)
    if (kept.length > KEPT_LINES) kept.shift()
  }
  const child = spawn(command[0]!, command.slice(1), {
    env: { ...process.env, ...environment },
    // The pipe to its input is never written to: that it closes is the message.
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  })
  child.stdin.on('error', () => {})
  const ended = new Promise<Omit<ChildEnd, 'output'>>(resolve => {
    child.on('error', failure => resolve({ code: null, signal: null, failure }))
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  let begun = false
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    if (!begun) endGroup(child)
    else {
      writeFileSync(join(folder, STOP_FILE), '')
      timer = setTimeout(() => endGroup(child), patience)
    }
  }
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  createInterface({ input: child.stderr }).on('line', keep)
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const message = line.startsWith(MESSAGE_MARK) ? parseJson(line.slice(MESSAGE_MARK.length)) : undefined
      if (!isRecord(message)) keep(line)
      else {
        begun ||= 'step' in message
        yield message
      }
    }
    const end = await ended
    return { ...end, output: kept.join('\n') }
  } finally {
    signal?.removeEventListener('abort', stop)
    clearTimeout(timer)
    endGroup(child)
    // Whoever is told of the end may read the log at once.
    await new Promise<void>(resolve => log.end(() => resolve()))
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Ends the child with all of its own children: politely, and then not. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const send = (signal: NodeJS.Signals) => {
    try {
      process.kill(process.platform === 'win32' ? child.pid! : -child.pid!, signal)
    } catch {
      // It is gone already.
    }
  }
  child.stdin?.end()
  send('SIGTERM')
  const timer = setTimeout(() => send('SIGKILL'), KILL_AFTER)
  child.once('close', () => clearTimeout(timer))
}
