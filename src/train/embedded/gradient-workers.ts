/**
 * Gradients of many micro-batches on many threads.
 *
 * ONNX Runtime for Node runs a model on the thread that asks for it. So every thread takes whole micro-batches, which
 * costs less than to share the work of each operation, and leaves the main thread free.
 * @module
 */
import { type Frozen, type GradientResult, type GradientThread, startGradientThread } from './gradient-thread.ts'
import type { MicroBatch } from './micro-batches.ts'
import type { Layout } from './parameters.ts'

export interface GradientWorkers {
  /**
   * Adds up the losses and gradients of micro-batches; the parameters are read anew.
   *
   * @param weight of every trained token.
   * @param into the gradient by all parameters, in the layout's order; what it held is overwritten.
   * @returns the sum of weight times negative log-likelihood.
   */
  compute(microBatches: readonly MicroBatch[], weight: number, into: Float32Array): Promise<number>
  close(): Promise<void>
}

/**
 * Starts the threads.
 *
 * @param model bytes of the training graph.
 * @param parameters in shared memory.
 */
export function createGradientWorkers(
  model: Uint8Array,
  layout: Layout,
  parameters: Float32Array,
  threads: number,
  frozen?: Frozen,
): GradientWorkers {
  const all = Array.from({ length: threads }, () => startGradientThread(model, layout, parameters, frozen))
  const idle = [...all]
  const waiting: ((thread: GradientThread) => void)[] = []
  const unused: Float32Array[] = []
  let step = 0

  const run = async (microBatch: MicroBatch, weight: number): Promise<GradientResult> => {
    const thread = idle.pop() ?? (await new Promise<GradientThread>(resolve => waiting.push(resolve)))
    try {
      const gradient = unused.pop() ?? new Float32Array(layout.size)
      return await thread.compute({ ...microBatch, weight, gradient, step })
    } finally {
      const next = waiting.shift()
      if (next) next(thread)
      else idle.push(thread)
    }
  }

  return {
    async compute(microBatches, weight, into) {
      step++
      const results = microBatches.map(microBatch => run(microBatch, weight))
      for (const result of results) result.catch(() => {}) // seen to below, in order
      // In this order whichever is done first: sums must not depend on which thread was faster, or how many there are.
      let loss = 0
      for (const [index, result] of results.entries()) {
        const part = await result
        loss += part.loss
        if (index === 0) into.set(part.gradient)
        else for (let i = 0; i < into.length; i++) into[i]! += part.gradient[i]!
        unused.push(part.gradient)
      }
      return loss
    },
    async close() {
      await Promise.all(all.map(thread => thread.close()))
    },
  }
}
