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

/** Four arrays in one layout. The moments are running means of the gradient and of its square, zero at first. */
export interface AdamWArrays {
  parameters: Float32Array
  gradient: Float32Array
  moments: readonly [Float32Array, Float32Array]
}

export interface AdamWStep extends Required<AdamWOptions> {
  /** Number of this step, from 1 on. */
  step: number
  learningRate: number
  /** The gradient is multiplied by this first (clipping). */
  scale: number
}

export const defaultAdamW = { betas: [0.9, 0.95], epsilon: 1e-8 } as const

/**
 * Changes the parameters from one number to another in place. Weights decay, norms (vectors) do not. It runs in other
 * threads, which are given its text: it may use nothing but its arguments.
 */
export function updateAdamW(
  { parameters, gradient, moments: [mean, square] }: AdamWArrays,
  places: Layout['places'],
  [first, end]: readonly [number, number],
  { weightDecay, betas: [beta1, beta2], epsilon, step, learningRate, scale }: AdamWStep,
): void {
  const rate = learningRate / (1 - beta1 ** step)
  const correction = 1 / (1 - beta2 ** step)
  for (const { shape, from, to } of places) {
    const kept = 1 - (shape.length > 1 ? learningRate * weightDecay : 0)
    for (let i = Math.max(from, first); i < to && i < end; i++) {
      const g = gradient[i]! * scale
      const m = beta1 * mean[i]! + (1 - beta1) * g
      const v = beta2 * square[i]! + (1 - beta2) * g * g
      mean[i] = m
      square[i] = v
      parameters[i] = kept * parameters[i]! - (rate * m) / (Math.sqrt(v * correction) + epsilon)
    }
  }
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
