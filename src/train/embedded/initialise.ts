/**
 * Random weights to start a model from.
 * @module
 */
import { type LlamaConfig, type Tensor, tensorShapes } from '../../checkpoint/index.ts'
import { createRandom } from '../../core/random.ts'

/**
 * Weights for a new model, the same for the same seed: norms are one, the rest is normal with deviation 0.02, and the
 * maps that write into the residual stream are scaled by 1 / sqrt(2 * layers), as in GPT-2 (Radford et al. 2019).
 *
 * @example
 * await saveCheckpoint('students/new', { config, tensors: initialTensors(config, 1), tokenizerFrom: 'tokenizer' })
 */
export function initialTensors(config: LlamaConfig, seed: number): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  for (const [name, shape] of tensorShapes(config)) {
    const data = new Float32Array(shape.reduce((product, length) => product * length, 1))
    if (name.endsWith('norm.weight')) data.fill(1)
    else {
      const residual = name.endsWith('o_proj.weight') || name.endsWith('down_proj.weight')
      const deviation = 0.02 / (residual ? Math.sqrt(2 * config.layers) : 1)
      const random = createRandom('initial weights', seed, name)
      // Box and Muller's transformation; 1 - next() is never zero.
      for (let i = 0; i < data.length; i++) {
        const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
        data[i] = deviation * radius * Math.cos(2 * Math.PI * random.next())
      }
    }
    tensors.set(name, { shape: [...shape], data })
  }
  return tensors
}
