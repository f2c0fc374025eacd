/**
 * A thread that computes gradients.
 * @module
 */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { MisstepError } from '../../core/errors.ts'
import { updateAdamW } from './adamw.ts'
import { countNumbers, gradientProgram } from './gradient-program.ts'
import type { Request, ThreadPlan } from './thread-plan.ts'

export interface GradientThread {
  /** One request at a time. */
  ask(request: Request): Promise<number>
  close(): Promise<void>
}

const program = `
const { parentPort, workerData: { runtime, plan } } = require('node:worker_threads')
;(${gradientProgram})(plan, {
  runtime: require(runtime),
  port: parentPort,
  countNumbers: ${countNumbers},
  updateAdamW: ${updateAdamW},
})
`

/** Starts a thread. */
export function startGradientThread(plan: ThreadPlan): GradientThread {
  const runtime = createRequire(import.meta.url).resolve('onnxruntime-node')
  // Its JavaScript makes little garbage: room for much of it would only be written all over.
  const resourceLimits = { maxYoungGenerationSizeMb: 4 }
  const worker = new Worker(program, { eval: true, execArgv: [], resourceLimits, workerData: { runtime, plan } })
  let failure: MisstepError | undefined
  let waiting: { resolve(result: number): void; reject(error: MisstepError): void } | undefined
  const fail = (what: string, cause?: Error) => {
    failure ??= new MisstepError('train', what, { cause })
    waiting?.reject(failure)
  }
  worker.on('message', (message: { result: number } | { error: string }) => {
    if ('error' in message) waiting?.reject(new MisstepError('train', `A training step failed (${message.error})`))
    else waiting?.resolve(message.result)
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
    ask: request =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure)
        waiting = { resolve, reject }
        worker.postMessage(request)
      }),
    close() {
      worker.postMessage({ task: 'close' } satisfies Request)
      return ended
    },
  }
}
