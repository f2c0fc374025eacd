import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LlamaConfig } from '../../checkpoint/index.ts'
import { createRandom } from '../../core/random.ts'
import { createGradientWorkers, type GradientWorkers } from './gradient-workers.ts'
import { initialTensors } from './initialise.ts'
import { createLlamaGraph } from './llama.ts'
import { cutMicroBatches, type Row } from './micro-batches.ts'
import { joinParameters, parameterLayout } from './parameters.ts'

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
let workers: GradientWorkers
beforeAll(() => {
  // Ten times the usual weights, so that what a token sees of others matters.
  const parameters = joinParameters(layout, initialTensors(config, 1)).map(x => 10 * x)
  const shared = new Float32Array(new SharedArrayBuffer(parameters.byteLength))
  shared.set(parameters)
  workers = createGradientWorkers(createLlamaGraph(config, { longestRow: 64, blockSize: 16 }), layout, shared, 1)
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
        const [packed, alone] = [new Float32Array(layout.size), new Float32Array(layout.size)]
        const loss = await workers.compute(together, 0.1, packed)
        const expected = await workers.compute(apart, 0.1, alone)
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
