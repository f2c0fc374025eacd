/**
 * Gradients of many micro-batches on many threads, and the optimiser's step.
 *
 * ONNX Runtime for Node runs a model on the thread that asks for it. So every thread takes whole micro-batches, which
 * costs less than to share the work of each operation, and leaves the main thread free. Parameters, gradient and moments
 * are there once, in shared memory: a thread has one layer's at a time.
 * @module
 */
import type { AdamWStep } from './adamw.ts'
import { type GradientThread, startGradientThread } from './gradient-thread.ts'
import type { MicroBatch } from './micro-batches.ts'
import { createThreadPlan, PIECE, type PlanOptions, TURNS } from './thread-plan.ts'

export interface GradientWorkers {
  /**
   * Adds up the losses and gradients of micro-batches, the latter in the shared array; the parameters are read anew.
   *
   * @param weight of every trained token, times its own.
   * @returns the sum of weight times negative log-likelihood.
   */
  compute(microBatches: readonly MicroBatch[], weight: number): Promise<number>
  /** The Euclidean norm of the gradient. */
  norm(): Promise<number>
  /** Changes the parameters. */
  update(step: AdamWStep): Promise<void>
  close(): Promise<void>
}

/** Starts the threads. */
export function createGradientWorkers(options: PlanOptions, threads: number): GradientWorkers {
  const plan = createThreadPlan(options)
  const all = Array.from({ length: threads }, () => startGradientThread(plan))
  let version = 0

  const fail = () => {
    // Others may wait for their turn behind the one that failed.
    Atomics.store(plan.turns, 1, 1)
    Atomics.add(plan.turns, 0, 1)
    Atomics.notify(plan.turns, 0)
  }
  /** Every thread at its work; when one fails, its error, once all have ended theirs. */
  const together = async (work: (thread: GradientThread, index: number) => Promise<unknown>) => {
    const errors: unknown[] = []
    const caught = (error: unknown) => {
      errors.push(error)
      fail()
    }
    await Promise.all(all.map((thread, index) => work(thread, index).catch(caught)))
    if (errors.length > 0) throw errors[0]
  }

  return {
    async compute(microBatches, weight) {
      version++
      plan.turns.fill(0, TURNS)
      // The longest are first, but the longest of all goes second: what is begun with it on another thread is done
      // before it, and has not to wait for its turn.
      const [longest, second, ...rest] = microBatches
      const order = second ? [second, longest!, ...rest] : microBatches
      const losses: number[] = []
      let next = 0
      await together(async thread => {
        while (next < order.length) {
          const turn = next++
          losses[turn] = await thread.ask({ task: 'gradient', microBatch: order[turn]!, turn, weight, version })
        }
        await thread.ask({ task: 'settle' })
      })
      return losses.reduce((sum, loss) => sum + loss, 0)
    },
    async norm() {
      await together((thread, first) => thread.ask({ task: 'square', first, every: threads, piece: PIECE }))
      return Math.sqrt(plan.squares.reduce((sum, square) => sum + square, 0))
    },
    async update(step) {
      const { length } = plan.arrays.gradient
      const border = (index: number) => Math.round((index * length) / threads)
      await together((thread, index) => thread.ask({ task: 'update', range: [border(index), border(index + 1)], step }))
    },
    async close() {
      await Promise.all(all.map(thread => thread.close()))
    },
  }
}
