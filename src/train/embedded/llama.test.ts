import { afterEach, describe, expect, it } from 'vitest'
import { type LlamaConfig, tensorShapes } from '../../checkpoint/index.ts'
import { createRandom } from '../../core/random.ts'
import { createGradientWorkers, type GradientWorkers } from './gradient-workers.ts'
import { createLlamaModels, type LlamaModelOptions } from './llama.ts'
import { joinParameters, parameterLayout, sharedFloats, splitParameters } from './parameters.ts'

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

const opened: GradientWorkers[] = []
afterEach(() => Promise.all(opened.splice(0).map(workers => workers.close())))

/** Loss and gradients. */
function open(of: LlamaConfig, options: Partial<LlamaModelOptions> = {}) {
  const layout = parameterLayout(of)
  const models = createLlamaModels(of, { longestRow: 16, blockSize: 4, ...options })
  const arrays = {
    parameters: sharedFloats(layout.size),
    gradient: sharedFloats(layout.size),
    moments: [sharedFloats(0), sharedFloats(0)] as const,
  }
  const workers = createGradientWorkers({ config: of, models, layout, arrays }, 1)
  opened.push(workers)
  return async (weights: Record<string, Float32Array>, { ids, positions, targets, weights: by }: Batch) => {
    const tensors = new Map(Object.entries(weights).map(([name, data]) => [name, { shape: [], data }]))
    arrays.parameters.set(joinParameters(layout, tensors))
    const microBatch = {
      rows: ids.length,
      length: ids[0]!.length,
      ids: BigInt64Array.from(ids.flat(), BigInt),
      positions: BigInt64Array.from(positions, BigInt),
      targets: BigInt64Array.from(targets, BigInt),
      weights: Float32Array.from(by),
    }
    const loss = await workers.compute([microBatch], 1)
    const gradients = Array.from(
      splitParameters(layout, arrays.gradient.slice()),
      ([name, { data }]) => [name, data] as const,
    )
    return { loss, gradients: Object.fromEntries(gradients) as Record<string, Float32Array> }
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
    expect((await open(config)(formulaWeights(config), batch)).loss).toBeCloseTo(2.555953, 5)
    const untied = { ...config, tiedEmbeddings: false, keyValueHeads: 4, headSize: 2 }
    expect((await open(untied)(formulaWeights(untied), batch)).loss).toBeCloseTo(2.826534, 5)
  })

  for (const tiedEmbeddings of [true, false]) {
    it(`has the gradient of finite differences, ${tiedEmbeddings ? 'tied' : 'untied'}`, async () => {
      const of = { ...config, tiedEmbeddings }
      const random = createRandom('directions')
      const weights = formulaWeights(of)
      const run = open(of)
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

  it('sees no padding: neither its tokens nor its length change loss or gradient', async () => {
    const run = open(config)
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
    const one = await open(config, { blockSize: 16 })(weights, batch)
    const other = await open(config, { blockSize: 3 })(weights, batch)
    expect(other.loss).toBeCloseTo(one.loss, 5)
    for (const [name, gradient] of Object.entries(one.gradients)) {
      for (const [i, value] of gradient.entries()) expect(other.gradients[name]![i]).toBeCloseTo(value, 4)
    }
  })

  it('has the same gradient to the bit where layers are computed again on the way back', async () => {
    const deep = { ...config, layers: 3 }
    const weights = formulaWeights(deep)
    expect(await open(deep, { recompute: true })(weights, batch)).toEqual(await open(deep)(weights, batch))
  })
})
