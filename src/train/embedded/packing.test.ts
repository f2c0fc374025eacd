import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LlamaConfig } from '../../checkpoint/index.ts'
import { createRandom } from '../../core/random.ts'
import { createGradientWorkers, type GradientWorkers } from './gradient-workers.ts'
import { initialTensors } from './initialise.ts'
import { createLlamaModels } from './llama.ts'
import { cutMicroBatches, type Row } from './micro-batches.ts'
import { joinParameters, parameterLayout, sharedFloats } from './parameters.ts'

const config: LlamaConfig = {
  vocabularySize: 17,
  hiddenSize: 16,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  headSize: 4,
  intermediateSize: 24,
  ropeTheta: 100,
  normEpsilon: 1e-5,
  contextLength: 64,
  tiedEmbeddings: true,
}
const layout = parameterLayout(config)
// Ten times the usual weights, so that what a token sees of others matters.
const tensors = initialTensors(config, 1)
for (const { data } of tensors.values()) for (let i = 0; i < data.length; i++) data[i]! *= 10
const arrays = {
  parameters: joinParameters(layout, tensors),
  gradient: sharedFloats(layout.size),
  moments: [sharedFloats(0), sharedFloats(0)] as const,
}
let workers: GradientWorkers
beforeAll(() => {
  workers = createGradientWorkers(
    { config, models: createLlamaModels(config, { longestRow: 64, blockSize: 16 }), layout, arrays },
    1,
  )
})
afterAll(() => workers.close())

const token = fc.integer({ min: 0, max: 16 })
const row: fc.Arbitrary<Row> = fc.array(fc.tuple(token, fc.boolean()), { minLength: 2, maxLength: 40 }).map(tokens => ({
  ids: tokens.map(([id]) => id),
  labels: tokens.map(([id, trained], i) => (i && trained ? id : -100)),
}))

describe('short rows in one micro-batch', () => {
  it('have the loss and the gradient of each row by itself: no row sees another, and each begins at position 0', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 12 }), async rows => {
        const together = cutMicroBatches(rows)
        const apart = rows.flatMap(each => cutMicroBatches([each]))
        fc.pre(apart.length > together.length)
        const loss = await workers.compute(together, 0.1)
        const packed = Float32Array.from(arrays.gradient)
        const expected = await workers.compute(apart, 0.1)
        const alone = arrays.gradient
        expect(Math.abs(loss - expected)).toBeLessThan(1e-5 * (1 + expected))
        const largest = alone.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
        const gap = packed.reduce((most, x, i) => Math.max(most, Math.abs(x - alone[i]!)), 0)
        expect(gap).toBeLessThan(1e-4 * (largest + 0.01))
      }),
      { numRuns: 40 },
    )
  })

  it('fill runs of about 512 tokens with less than a tenth of padding, in steps of the usual size', () => {
    const random = createRandom('short rows')
    for (const longest of [20, 64, 200]) {
      const rows: Row[] = []
      for (let left = 4096; left > 0; left -= rows.at(-1)!.ids.length) {
        const ids = Array.from({ length: 4 + random.integer(longest - 4) }, () => 1)
        rows.push({ ids, labels: ids })
      }
      const cut = cutMicroBatches(rows)
      const read = cut.reduce((sum, { rows: count, length }) => sum + count * length, 0)
      const needed = rows.reduce((sum, { ids }) => sum + ids.length - 1, 0)
      expect(needed / read).toBeGreaterThan(0.9)
      expect(cut.length).toBeLessThan(1.5 * (needed / 512))
    }
  })
})
