/**
 * AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101).
 * @module
 */
import type { Layout } from './parameters.ts'

export interface AdamWOptions {
  weightDecay: number
  /** Memory of the first and second moment; default 0.9 and 0.95, as for Llama. */
  betas?: readonly [number, number]
  epsilon?: number
}

export interface AdamW {
  /** Running means of the gradient and of its square; zero at first. */
  readonly moments: readonly [Float32Array, Float32Array]
  /**
   * Changes the parameters in place.
   *
   * @param step number of this step, from 1 on.
   * @param scale the gradient is multiplied by this first (clipping).
   */
  update(parameters: Float32Array, gradient: Float32Array, step: number, learningRate: number, scale?: number): void
}

/** An optimiser for parameters of this layout. Weights decay, norms (vectors) do not. */
export function createAdamW(layout: Layout, options: AdamWOptions): AdamW {
  const [beta1, beta2] = options.betas ?? [0.9, 0.95]
  const epsilon = options.epsilon ?? 1e-8
  const mean = new Float32Array(layout.size)
  const square = new Float32Array(layout.size)
  return {
    moments: [mean, square],
    update(parameters, gradient, step, learningRate, scale = 1) {
      const rate = learningRate / (1 - beta1 ** step)
      const correction = 1 / (1 - beta2 ** step)
      for (const { shape, from, to } of layout.places) {
        const kept = 1 - (shape.length > 1 ? learningRate * options.weightDecay : 0)
        for (let i = from; i < to; i++) {
          const g = gradient[i]! * scale
          const m = beta1 * mean[i]! + (1 - beta1) * g
          const v = beta2 * square[i]! + (1 - beta2) * g * g
          mean[i] = m
          square[i] = v
          parameters[i] = kept * parameters[i]! - (rate * m) / (Math.sqrt(v * correction) + epsilon)
        }
      }
    },
  }
}

/** The Euclidean norm of all entries. */
export function norm(gradient: Float32Array): number {
  let sum = 0
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!
  return Math.sqrt(sum)
}

/**
 * The learning rate of a step (from 1 on): a straight line up to `highest` over the warm-up, then a cosine down to a
 * tenth of it.
 *
 * @param warmUp share of the steps that warm up.
 */
export function learningRateAt(step: number, steps: number, highest: number, warmUp: number): number {
  const rising = Math.round(steps * warmUp)
  if (step <= rising) return (highest * step) / rising
  const progress = (step - rising) / Math.max(1, steps - rising)
  return highest * (0.1 + 0.45 * (1 + Math.cos(Math.PI * progress)))
}
