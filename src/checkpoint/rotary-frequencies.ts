/**
 * How fast each pair of a head's entries turns (rotary position embedding, Su et al. 2021, arXiv:2104.09864), with the
 * ways of stretching it to longer contexts that Llama checkpoints use.
 * @module
 */
import type { LlamaConfig, RopeScaling } from './config.ts'

/**
 * Radians for each position, one for each of `headSize / 2` pairs: entry i of a head and entry i + headSize / 2.
 *
 * @param round applied wherever transformers rounds to float32; default: nothing is rounded.
 * @example
 * rotaryFrequencies(config, Math.fround)[0] // 1
 */
export function rotaryFrequencies(
  { headSize, ropeTheta, ropeScaling }: Pick<LlamaConfig, 'headSize' | 'ropeTheta' | 'ropeScaling'>,
  round: (value: number) => number = value => value,
): number[] {
  return Array.from({ length: headSize / 2 }, (_, pair) => {
    const plain = round(1 / round(ropeTheta ** ((2 * pair) / headSize)))
    return ropeScaling ? scale(plain, ropeScaling, round) : plain
  })
}

function scale(frequency: number, scaling: RopeScaling, round: (value: number) => number): number {
  if (scaling.type === 'dynamic') return frequency
  const slow = round(frequency / scaling.factor)
  if (scaling.type === 'linear') return slow
  const { lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength: context } = scaling
  const wavelength = round((2 * Math.PI) / frequency)
  if (wavelength > context / low) return slow
  if (wavelength < context / high) return frequency
  const fast = round(round(round(context / wavelength) - low) / (high - low))
  return round(round(round(1 - fast) * slow) + round(fast * frequency))
}
