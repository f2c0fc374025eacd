/**
 * One Java machine that runs many simulators, spoken to in lines of JSON; see java/sciworld.
 * @module
 */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { MisstepError } from '../../core/errors.ts'
import { parseJson } from '../../core/parse-json.ts'
import { storeError } from '../../store/store-error.ts'

export interface MachineOptions {
  /** The program to run, such as `java`. */
  java: string
  /** The simulator. */
  jar: string
  /** Its table of type numbers, where there is one. */
  types?: string | undefined
  /** Most memory of its heap, in megabytes. @default what Java allows itself: a quarter of all memory */
  heap?: number
  /** Fixes what hangs on identity hashes; simulators before 1.3.0 cannot be repeated without. */
  constantHashes: boolean
  /** Most milliseconds that a request may take before the machine counts as stuck. */
  timeout: number
}

/** A request; more members depend on `op`. */
export interface Request {
  op: 'tasks' | 'load' | 'gold' | 'steps'
  [member: string]: unknown
}

export interface Machine {
  readonly alive: boolean
  /**
   * Sends a request to one of its slots; requests to one slot are answered in order.
   *
   * @param patience how many times longer than usual the request may take; default: 1
   * @throws {MachineLost} when the machine is gone, or stuck and therefore stopped
   * @throws {Error} when the request itself failed
   */
  ask(slot: string, request: Request, patience?: number): Promise<unknown>
  /** Stops it at once. */
  stop(): void
}

/** The machine is gone; whether the request was carried out is not known. */
export class MachineLost extends Error {}

interface Waiting {
  answer(value: unknown): void
  fail(error: Error): void
}

/** Starting takes longer than a step, and longer still while others start as well. */
const START_PATIENCE = 5

const BRIDGE = fileURLToPath(new URL('../../../java/sciworld/sciworld-bridge.jar', import.meta.url))

/**
 * Starts a machine in a private working directory: the simulator writes its type table there.
 *
 * @throws {MisstepError} when it does not start
 * @example
 * const machine = await startMachine({ java: 'java', jar, heap: 400, constantHashes: true, timeout: 60_000 })
 * await machine.ask('a', { op: 'load', task: 'boil', variation: 0, simplifications: '' })
 */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  const folder = makeFolder(options.types)
  const child = spawn(options.java, argumentsOf(options, folder), {
    cwd: folder,
    stdio: 'pipe',
    windowsHide: true,
    // Ctrl-C is for us: what is under way is then brought to an end, and the machine with it.
    detached: process.platform !== 'win32',
  })
  running.set(child, folder)
  const waiting = new Map<number, Waiting>()
  let lost: MachineLost | undefined
  let complaints = ''
  let requests = 0

  const lose = (why: string) => {
    lost ??= new MachineLost(why)
    child.kill('SIGKILL')
    for (const { fail } of [...waiting.values()]) fail(lost)
  }
  const listen = (id: number, milliseconds: number) =>
    new Promise<unknown>((succeed, reject) => {
      const timer = setTimeout(() => lose(`no answer for ${milliseconds / 1000} s`), milliseconds)
      const settle = () => {
        clearTimeout(timer)
        waiting.delete(id)
        hold(child, waiting.size > 0)
      }
      const answer = (value: unknown) => {
        settle()
        succeed(value)
      }
      const fail = (error: Error) => {
        settle()
        reject(error)
      }
      waiting.set(id, { answer, fail })
      hold(child, true)
    })

  const end = (why: string) => {
    running.delete(child)
    remove(folder)
    lose(why)
  }
  child.on('error', error => end(error.message))
  child.on('close', (code, signal) => {
    end(`it ended with ${signal ?? `code ${code}`}${complaints && `: ${complaints.trim()}`}`)
  })
  // What is written to a machine that is gone; its end is told above.
  child.stdin.on('error', () => {})
  child.stderr.on('data', text => {
    complaints = `${complaints}${text}`.slice(-1000)
  })
  createInterface({ input: child.stdout }).on('line', line => {
    // The machine itself also has a word now and then, such as before it ends for want of memory.
    if (!line.startsWith('{"id":')) {
      complaints = `${complaints}${line}\n`.slice(-1000)
      return
    }
    const answer = parseJson(line) as { id: number; result?: unknown; error?: string } | undefined
    // It ended within a line; its last words follow.
    if (!answer) return
    const { id, result, error } = answer
    if (error === undefined) waiting.get(id)?.answer(result)
    else waiting.get(id)?.fail(new Error(error))
  })

  await listen(0, options.timeout * START_PATIENCE).catch(cause => {
    throw new MisstepError('environment', `The simulator did not start (${(cause as Error).message})`, {
      value: options.java,
      advice: 'Check that this Java works, and that there is enough memory.',
      cause,
    })
  })
  return {
    get alive() {
      return lost === undefined
    },
    async ask(slot, request, patience = 1) {
      if (lost) throw lost
      const id = ++requests
      const answer = listen(id, options.timeout * patience)
      child.stdin.write(`${JSON.stringify({ id, slot, ...request })}\n`)
      return answer
    },
    stop: () => lose('it was stopped'),
  }
}

function argumentsOf({ heap, constantHashes, jar }: MachineOptions, folder: string): string[] {
  return [
    ...(heap === undefined ? [] : [`-Xmx${heap}m`]),
    // Many short-lived objects in few threads: the plain collector is the fastest, and takes no cores of its own.
    '-XX:+UseSerialGC',
    // The simulator swallows every error, and would report one for want of memory as the agent's failure.
    '-XX:+ExitOnOutOfMemoryError',
    ...(constantHashes
      ? ['-XX:+IgnoreUnrecognizedVMOptions', '-XX:+UnlockExperimentalVMOptions', '-XX:hashCode=2']
      : []),
    '-cp',
    BRIDGE,
    'misstep.Bridge',
    resolve(jar),
    folder,
  ]
}

function makeFolder(types: string | undefined): string {
  const place = join(tmpdir(), 'misstep-sciworld-')
  try {
    const folder = mkdtempSync(place)
    if (types !== undefined) copyFileSync(types, join(folder, 'object_type_ids.tsv'))
    return folder
  } catch (error) {
    throw storeError('Cannot make the working directory of the simulator', place, error)
  }
}

/** Keeps this process from ending only while an answer is awaited. */
function hold(child: ChildProcessWithoutNullStreams, awaited: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr] as unknown as Socket[]) {
    if (awaited) handle.ref()
    else handle.unref()
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // A few kilobytes in the system's folder for such things.
  }
}

/** Their end of standard input tells machines that we are gone; this is for those too busy to notice. */
const running = new Map<ChildProcess, string>()
process.on('exit', () => {
  for (const [child, folder] of running) {
    child.kill('SIGKILL')
    remove(folder)
  }
})
