/**
 * AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101).
 * @module
 */
import type { Layout, Moments } from './parameters.ts'

export interface AdamWOptions {
  weightDecay: number
  /** Memory of the first and second moment; default 0.9 and 0.95, as for Llama. */
  betas?: readonly [number, number]
  epsilon?: number
}

/**
 * Four arrays in one layout. The moments are running means of the gradient and of its square, zero at first; both are
 * float32, or both the bits of bfloat16.
 */
export interface AdamWArrays {
  parameters: Float32Array
  gradient: Float32Array
  moments: readonly [Moments, Moments]
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
 *
 * Moments in bfloat16 are rounded at random, up or down, so that their mean is what was to be rounded (Gupta et al. 2015,
 * arXiv:1502.02551): the nearest of 8 bits would leave a running mean where it is whenever a step changes it by less than
 * 1/512 of it (Zamirai et al. 2020, arXiv:2010.06192). What is random is a hash of the step and of the number's place
 * (the finaliser of MurmurHash3), so it depends on nothing else, threads and interruptions included. Parameters change by
 * the moments before they are rounded.
 */
export function updateAdamW(
  { parameters, gradient, moments: [mean, square] }: AdamWArrays,
  places: Layout['places'],
  [first, end]: readonly [number, number],
  { weightDecay, betas: [beta1, beta2], epsilon, step, learningRate, scale }: AdamWStep,
): void {
  const halves = mean instanceof Uint16Array && square instanceof Uint16Array && { mean, square }
  // The same memory as numbers and as their bits.
  const floats = new Float32Array(2)
  const bits = new Int32Array(floats.buffer)
  const key = Math.imul(step, 0x9e3779b9)
  const rate = learningRate / (1 - beta1 ** step)
  const correction = 1 / (1 - beta2 ** step)
  for (const { shape, from, to } of places) {
    const kept = 1 - (shape.length > 1 ? learningRate * weightDecay : 0)
    // A loop for each kind of array, for one that takes both is slow.
    for (let i = Math.max(from, first); halves && i < to && i < end; i++) {
      const g = gradient[i]! * scale
      bits[0] = halves.mean[i]! << 16
      bits[1] = halves.square[i]! << 16
      const m = beta1 * floats[0]! + (1 - beta1) * g
      const v = beta2 * floats[1]! + (1 - beta2) * g * g
      let hash = i ^ key
      hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
      hash ^= hash >>> 16
      floats[0] = m
      floats[1] = v
      halves.mean[i] = (bits[0] + (hash & 0xffff)) >>> 16
      halves.square[i] = (bits[1] + (hash >>> 16)) >>> 16
      parameters[i] = kept * parameters[i]! - (rate * m) / (Math.sqrt(v * correction) + epsilon)
    }
    for (let i = Math.max(from, first); !halves && i < to && i < end; i++) {
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
