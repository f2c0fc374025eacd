/**
 * A thread that computes gradients with a session of its own.
 * @module
 */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { MisstepError } from '../../core/errors.ts'
import { gradientName } from './llama.ts'
import type { MicroBatch } from './micro-batches.ts'
import type { Layout } from './parameters.ts'

export interface GradientRequest extends MicroBatch {
  /** Of every trained token. */
  weight: number
  /** Memory for the gradient; it is moved away and comes back in the result. */
  gradient: Float32Array
  /** The parameters are read anew when this differs from the request before. */
  step: number
}

export interface GradientResult {
  /** Sum of weight times negative log-likelihood. */
  loss: number
  /** By all parameters, in the layout's order. */
  gradient: Float32Array
}

export interface GradientThread {
  /** One request at a time. */
  compute(request: GradientRequest): Promise<GradientResult>
  close(): Promise<void>
}

/**
 * What a thread does, as text: in this form it starts from sources and from a bundle alike. The parameters are copied
 * out of shared memory, which ONNX Runtime does not read; gradients are moved to the main thread and back, not copied.
 */
const program = `
const { parentPort, workerData: { runtime, model, places, shared, frozen } } = require('node:worker_threads')
const { InferenceSession, Tensor } = require(runtime)
const options = { intraOpNumThreads: 1, interOpNumThreads: 1, enableMemPattern: false, logSeverityLevel: 3 }
const parameters = new Float32Array(shared.length)
const inputs = {}
const own = frozen && Float32Array.from(frozen.numbers)
for (const { name, shape, from, to } of frozen?.places ?? []) inputs[name] = new Tensor('float32', own.subarray(from, to), shape)
for (const { name, shape, from, to } of places) inputs[name] = new Tensor('float32', parameters.subarray(from, to), shape)
let session, version
async function compute({ rows, length, ids, positions, targets, weight, gradient, step }) {
  session ??= await InferenceSession.create(model, options)
  if (version !== step) parameters.set(shared)
  version = step
  const trained = [targets.length]
  const results = { loss: null }
  for (const { output, shape, from, to } of places) results[output] = new Tensor('float32', gradient.subarray(from, to), shape)
  const { loss } = await session.run({
    ...inputs,
    ids: new Tensor('int64', ids, [rows, length]),
    positions: new Tensor('int64', positions, trained),
    targets: new Tensor('int64', targets, trained),
    weights: new Tensor('float32', new Float32Array(targets.length).fill(weight), trained),
  }, results)
  parentPort.postMessage({ loss: loss.data[0], gradient }, [gradient.buffer])
}
parentPort.on('message', async message => {
  try {
    if (message !== 'close') return await compute(message)
    await session?.release()
    parentPort.close()
  } catch (error) {
    parentPort.postMessage({ error: String(error?.message ?? error) })
  }
})
`

/** Parameters that are not trained, in shared memory. */
export interface Frozen {
  layout: Layout
  numbers: Float32Array
}

/**
 * Starts a thread.
 *
 * @param model bytes of the training graph.
 * @param parameters in shared memory.
 */
export function startGradientThread(
  model: Uint8Array,
  layout: Layout,
  parameters: Float32Array,
  frozen?: Frozen,
): GradientThread {
  const places = layout.places.map(place => ({ ...place, output: gradientName(place.name) }))
  const runtime = createRequire(import.meta.url).resolve('onnxruntime-node')
  const worker = new Worker(program, {
    eval: true,
    execArgv: [],
    workerData: {
      runtime,
      model,
      places,
      shared: parameters,
      frozen: frozen && { places: frozen.layout.places, numbers: frozen.numbers },
    },
  })
  let failure: MisstepError | undefined
  let waiting: { resolve(result: GradientResult): void; reject(error: MisstepError): void } | undefined
  const fail = (what: string, cause?: Error) => {
    failure ??= new MisstepError('train', what, { cause })
    waiting?.reject(failure)
  }
  worker.on('message', (message: GradientResult | { error: string }) => {
    if ('error' in message) waiting?.reject(new MisstepError('train', `A training step failed (${message.error})`))
    else waiting?.resolve(message)
    waiting = undefined
  })
  worker.on('error', cause => fail(`A training thread failed (${cause.message})`, cause))
  const ended = new Promise<void>(resolve => {
    worker.on('exit', code => {
      fail(`A training thread ended (exit code ${code})`)
      resolve()
    })
  })
  return {
    compute: request =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure)
        waiting = { resolve, reject }
        worker.postMessage(request, [request.gradient.buffer as ArrayBuffer])
      }),
    close() {
      worker.postMessage('close')
      return ended
    },
  }
}
