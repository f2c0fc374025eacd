import { describe, expect, it } from 'vitest'
import { type LlamaConfig, tensorShapes } from '../../checkpoint/index.ts'
import { createRandom } from '../../core/random.ts'
import { createSession, floats, integers } from '../../onnx/session.ts'
import { createLlamaGraph, gradientName } from './llama.ts'

const config: LlamaConfig = {
  vocabularySize: 11,
  hiddenSize: 8,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  headSize: 4,
  intermediateSize: 12,
  ropeTheta: 100,
  normEpsilon: 1e-5,
  contextLength: 16,
  tiedEmbeddings: true,
}

interface Batch {
  ids: number[][]
  positions: number[]
  targets: number[]
  weights: number[]
}

/** Large weights, so that every part of the model matters; they follow from a formula, for other programs to repeat. */
function formulaWeights(of: LlamaConfig): Record<string, Float32Array> {
  let at = 0
  return Object.fromEntries(
    [...tensorShapes(of)].map(([name, shape]) => {
      const size = shape.reduce((product, length) => product * length, 1)
      const norm = name.endsWith('norm.weight')
      return [name, Float32Array.from({ length: size }, () => (norm ? 1 : 0) + 0.4 * Math.sin(++at))]
    }),
  )
}

async function open(of: LlamaConfig, blockSize = 4) {
  const session = await createSession(createLlamaGraph(of, { longestRow: 16, blockSize }), {
    threads: 1,
    fixedShapes: false,
  })
  return async (weights: Record<string, Float32Array>, { ids, positions, targets, weights: by }: Batch) => {
    const outputs = await session.run({
      ...Object.fromEntries([...tensorShapes(of)].map(([name, shape]) => [name, floats(weights[name]!, shape)])),
      ids: integers(ids.flat(), [ids.length, ids[0]!.length]),
      positions: integers(positions, [positions.length]),
      targets: integers(targets, [targets.length]),
      weights: floats(by, [by.length]),
    })
    const gradients = Object.keys(weights).map(
      name => [name, outputs[gradientName(name)]!.data as Float32Array] as const,
    )
    return { loss: outputs.loss!.data[0] as number, gradients: Object.fromEntries(gradients) }
  }
}

const batch: Batch = {
  ids: [
    [1, 2, 3, 4, 5, 6, 7],
    [9, 8, 3, 3, 0, 0, 0],
  ],
  positions: [0, 3, 6, 8, 10],
  targets: [2, 5, 10, 3, 0],
  weights: [0.2, 0.1, 0.3, 0.3, 0.1],
}

describe('the model', () => {
  it('has the loss of LlamaForCausalLM, as transformers 4.57.1 computed it once', async () => {
    expect((await (await open(config))(formulaWeights(config), batch)).loss).toBeCloseTo(2.555953, 5)
    const untied = { ...config, tiedEmbeddings: false, keyValueHeads: 4, headSize: 2 }
    expect((await (await open(untied))(formulaWeights(untied), batch)).loss).toBeCloseTo(2.826534, 5)
  })

  for (const tiedEmbeddings of [true, false]) {
    it(`has the gradient of finite differences, ${tiedEmbeddings ? 'tied' : 'untied'}`, async () => {
      const of = { ...config, tiedEmbeddings }
      const random = createRandom('directions')
      const weights = formulaWeights(of)
      const run = await open(of)
      const { gradients } = await run(weights, batch)
      for (const [name, gradient] of Object.entries(gradients)) {
        const size = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0))
        // Partly along the gradient, where the loss changes most, and about as much across it.
        const spread = 1 / Math.sqrt(gradient.length / 3)
        const direction = gradient.map(g => g / size + spread * (random.next() * 2 - 1))
        const along = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0)
        const lossAt = async (step: number) => {
          const moved = weights[name]!.map((value, i) => value + step * direction[i]!)
          return (await run({ ...weights, [name]: moved }, batch)).loss
        }
        const step = 0.001
        const [a, b, c, d] = [await lossAt(2 * step), await lossAt(step), await lossAt(-step), await lossAt(-2 * step)]
        const difference = (8 * (b - c) - (a - d)) / (12 * step)
        expect(size, name).toBeGreaterThan(1e-3)
        expect(Math.abs(along - difference), `${name}: ${along} against ${difference}`).toBeLessThan(
          3e-3 * (size + 0.05),
        )
      }
    })
  }

  it('takes nothing, bit for bit, from a target of weight zero', async () => {
    const run = await open(config)
    const weights = formulaWeights(config)
    const masked = { ...batch, weights: [0.5, 0, 0.5, 0, 0] }
    const one = await run(weights, masked)
    const other = await run(weights, { ...masked, targets: [2, 9, 10, 1, 7] })
    expect(other).toEqual(one)
    expect(one.loss).not.toBe((await run(weights, batch)).loss)
  })

  it('sees no padding: neither its tokens nor its length change loss or gradient', async () => {
    const run = await open(config)
    const weights = formulaWeights(config)
    const short = { ids: [[9, 8, 3, 3]], positions: [1, 3], targets: [3, 0], weights: [0.6, 0.4] }
    const one = await run(weights, short)
    const other = await run(weights, { ...short, ids: [[9, 8, 3, 3, 7, 7, 1, 2, 5]] })
    expect(other.loss).toBeCloseTo(one.loss, 5)
    for (const [name, gradient] of Object.entries(one.gradients)) {
      for (const [i, value] of gradient.entries()) expect(other.gradients[name]![i]).toBeCloseTo(value, 5)
    }
  })

  it('gives the same with blocks of any size', async () => {
    const weights = formulaWeights(config)
    const one = await (await open(config, 16))(weights, batch)
    const other = await (await open(config, 3))(weights, batch)
    expect(other.loss).toBeCloseTo(one.loss, 5)
    for (const [name, gradient] of Object.entries(one.gradients)) {
      for (const [i, value] of gradient.entries()) expect(other.gradients[name]![i]).toBeCloseTo(value, 4)
    }
  })
})
