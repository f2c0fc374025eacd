/**
 * Runs a WebAssembly kernel on the calling thread and on helpers, all over one memory.
 * @module
 */
import { Worker } from 'node:worker_threads'

/** The part of the JavaScript interface that we use; TypeScript declares it for browsers only. */
interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (limits: MemoryLimits) => Memory
    compile(bytes: Uint8Array): Promise<object>
    instantiate(module: object, imports: object): Promise<{ exports: Record<string, (scratch: number) => void> }>
  }
}

/** In units of WASM_PAGE. */
export interface MemoryLimits {
  initial: number
  maximum: number
  /** Needed where there is more than one thread. */
  shared: boolean
}
export const WASM_PAGE = 65536
/** Bytes at the start of the memory that are this module's and the kernel's counters. */
export const RESERVED = 256
/** Indices of the integers that tell helpers of new work, and how many of them have finished. */
const [GENERATION, FINISHED] = [48, 49]

export interface SharedKernel {
  /** The memory; its views are replaced when it grows. */
  readonly memory: Memory
  /** Runs the kernel, alone or with all helpers, until its work is done. */
  run(alone: boolean): void
  close(): Promise<void>
}

/** A thread that waits for a new generation of work, helps with it and says when it has left it. */
const HELPER = `
const { parentPort, workerData } = require('node:worker_threads')
const { module, memory, name, scratch, generation, finished } = workerData
const kernel = new WebAssembly.Instance(module, { environment: { memory } }).exports[name]
const shared = new Int32Array(memory.buffer, 0, ${RESERVED / 4})
let seen = Atomics.load(shared, generation)
parentPort.postMessage('ready')
for (;;) {
  Atomics.wait(shared, generation, seen)
  const now = Atomics.load(shared, generation)
  if (now === seen) continue
  seen = now
  kernel(scratch)
  Atomics.add(shared, finished, 1)
  Atomics.notify(shared, finished)
}`

/**
 * Compiles a kernel of the given export name.
 *
 * @param scratches the addresses of each thread's own memory, the calling thread's first; their number is that of the threads
 */
export async function createSharedKernel(
  bytes: Uint8Array,
  name: string,
  limits: MemoryLimits,
  scratches: readonly number[],
): Promise<SharedKernel> {
  const memory = new WebAssembly.Memory(limits)
  const module = await WebAssembly.compile(bytes)
  const { exports } = await WebAssembly.instantiate(module, { environment: { memory } })
  const kernel = exports[name]!
  const helpers = await Promise.all(
    scratches
      .slice(1)
      .map(scratch => startHelper({ module, memory, name, scratch, generation: GENERATION, finished: FINISHED })),
  )
  // A shared memory's first view stays valid when it grows.
  const shared = new Int32Array(memory.buffer, 0, RESERVED / 4)
  return {
    memory,
    run(alone) {
      if (alone || helpers.length === 0) return kernel(scratches[0]!)
      Atomics.store(shared, FINISHED, 0)
      Atomics.add(shared, GENERATION, 1)
      Atomics.notify(shared, GENERATION)
      kernel(scratches[0]!)
      for (let done = 0; done < helpers.length; done = Atomics.load(shared, FINISHED)) {
        Atomics.wait(shared, FINISHED, done)
      }
    },
    async close() {
      await Promise.all(helpers.map(helper => helper.terminate()))
    },
  }
}

async function startHelper(workerData: object): Promise<Worker> {
  const worker = new Worker(HELPER, { eval: true, execArgv: [], workerData })
  await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  worker.unref()
  return worker
}
