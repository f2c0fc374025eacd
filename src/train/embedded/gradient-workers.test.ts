import { describe, expect, it } from 'vitest'
import type { LlamaConfig } from '../../checkpoint/index.ts'
import { createRandom } from '../../core/random.ts'
import { type AdapterOptions, adapterLayout, initialAdapters } from './adapters.ts'
import { createGradientWorkers } from './gradient-workers.ts'
import { initialTensors } from './initialise.ts'
import { createLlamaModels } from './llama.ts'
import { cutMicroBatches } from './micro-batches.ts'
import { joinParameters, parameterLayout, sharedFloats } from './parameters.ts'

const config: LlamaConfig = {
  vocabularySize: 31,
  hiddenSize: 16,
  layers: 3,
  heads: 4,
  keyValueHeads: 2,
  headSize: 4,
  intermediateSize: 24,
  ropeTheta: 100,
  normEpsilon: 1e-5,
  contextLength: 300,
  tiedEmbeddings: true,
}
const random = createRandom('rows of all lengths')
/** The longest takes many times as long as the shortest. */
const microBatches = [300, 60, 260, 130, 200].flatMap(length => {
  const ids = Array.from({ length }, () => random.integer(31))
  return cutMicroBatches([{ ids, labels: ids.map((id, i) => (i > 0 && random.chance(0.5) ? id : -100)) }])
})

async function compute(
  of: LlamaConfig,
  threads: number,
  patience: number,
  adapters?: AdapterOptions,
  isWhole = false,
  headRows?: number,
) {
  const whole = parameterLayout(of)
  const tensors = initialTensors(of, 1)
  const layout = adapters ? adapterLayout(of, adapters) : whole
  const start = adapters ? initialAdapters(layout, 1) : tensors
  for (const { data } of start.values()) for (let i = 0; i < data.length; i++) data[i] ||= 0.01
  const arrays = {
    parameters: joinParameters(layout, start),
    gradient: sharedFloats(layout.size),
    moments: [sharedFloats(0), sharedFloats(0)] as const,
  }
  const models = createLlamaModels(of, { longestRow: 300, whole: isWhole, ...(adapters && { adapters }) })
  const frozen = adapters && { layout: whole, numbers: joinParameters(whole, tensors) }
  const workers = createGradientWorkers(
    { config: of, models, layout, arrays, frozen, patience, ...(headRows && { headRows }) },
    threads,
  )
  // What the first left behind must not matter to the second.
  await workers.compute(microBatches.slice(2), 0.02)
  const loss = await workers.compute(microBatches, 0.01)
  const norm = await workers.norm()
  await workers.close()
  return { loss, norm, gradient: Float32Array.from(arrays.gradient) }
}

describe('the gradient of many micro-batches', () => {
  for (const [what, of, adapters] of [
    ['all weights', config],
    ['untied embeddings', { ...config, tiedEmbeddings: false }],
    ['one layer', { ...config, layers: 1 }],
    ['adapters', config, { rank: 2, targets: ['q_proj', 'down_proj'] }],
  ] as const) {
    it(`is the same to the bit on any number of threads, however patient, whole or in pieces (${what})`, async () => {
      const alone = await compute(of, 1, 2 ** 20, adapters)
      expect(alone.norm).toBeCloseTo(Math.sqrt(alone.gradient.reduce((sum, g) => sum + g * g, 0)), 5)
      expect(alone.gradient.filter(g => g !== 0).length).toBeGreaterThan(0.9 * alone.gradient.length)
      expect(await compute(of, 2, 2 ** 20, adapters)).toEqual(alone)
      expect(await compute(of, 3, 0, adapters)).toEqual(alone)
      // And in one model for all layers.
      expect(await compute(of, 2, 0, adapters, true)).toEqual(alone)
    })
  }

  for (const tiedEmbeddings of [true, false]) {
    it(`is the same with few logits at once (${tiedEmbeddings ? 'tied' : 'untied'} embeddings)`, async () => {
      const of = { ...config, tiedEmbeddings }
      const all = await compute(of, 1, 2 ** 20)
      const few = await compute(of, 1, 2 ** 20, undefined, false, 40)
      expect(few.loss).toBeCloseTo(all.loss, 5)
      for (const [i, value] of all.gradient.entries()) expect(few.gradient[i]).toBeCloseTo(value, 6)
      expect(await compute(of, 2, 0, undefined, false, 40)).toEqual(few)
    })
  }

  it('fails with an error, and does not wait for ever, where one of the threads fails', async () => {
    const layout = parameterLayout(config)
    const arrays = {
      parameters: joinParameters(layout, initialTensors(config, 1)),
      gradient: sharedFloats(layout.size),
      moments: [sharedFloats(0), sharedFloats(0)] as const,
    }
    const models = createLlamaModels(config, { longestRow: 300 })
    const workers = createGradientWorkers({ config, models, layout, arrays, patience: 0 }, 2)
    const broken = microBatches.map((batch, i) =>
      i === 1 ? { ...batch, targets: batch.targets.map(() => 31n) } : batch,
    )
    await expect(workers.compute(broken, 0.01)).rejects.toThrow(/A training step failed \(/)
    await workers.close()
  })
})
