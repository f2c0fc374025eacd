import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadCheckpoint } from '../../checkpoint/index.ts'
import { createTrainer } from './create-trainer.ts'

/** What `scripts/checkpoint-goldens.py curves` wrote down: PyTorch's own training. */
const fixtures = new URL('../../../test/fixtures/checkpoints/', import.meta.url).pathname
const { options, rows, curves } = JSON.parse(readFileSync(join(fixtures, 'curves.json'), 'utf8'))

describe('training has the losses of PyTorch, step by step', () => {
  for (const { shape, adapters, losses, gradientNorms } of curves) {
    it(`${shape}, ${adapters ? 'adapters' : 'all weights'}`, async () => {
      const start = await loadCheckpoint(join(fixtures, shape))
      const before = structuredClone(start.tensors)
      const trainer = createTrainer(start, { ...options, threads: 1, ...(adapters && { adapters }) })
      for (const [step, loss] of losses.entries()) {
        const event = await trainer.train(rows)
        expect(Math.abs(event.loss / loss - 1), `step ${step + 1}: ${event.loss} against ${loss}`).toBeLessThan(1e-4)
        expect(event.gradientNorm / gradientNorms[step]).toBeCloseTo(1, 2)
      }
      const after = trainer.tensors()
      await trainer.close()
      const changed = [...after.keys()].filter(name =>
        after.get(name)!.data.some((x, i) => x !== before.get(name)!.data[i]),
      )
      const targets: string[] | undefined = adapters?.targets
      expect(changed).toEqual(
        [...after.keys()].filter(name => !targets || targets.some(target => name.includes(target))),
      )
    })
  }

  it('goes on from merged adapters where it stood', async () => {
    const { shape, adapters } = curves.find((curve: { adapters?: object }) => curve.adapters)
    const start = await loadCheckpoint(join(fixtures, shape))
    const trainer = createTrainer(start, { ...options, threads: 1, adapters })
    for (let step = 0; step < 5; step++) await trainer.train(rows)
    const tensors = trainer.tensors()
    const { loss } = await trainer.train(rows)
    await trainer.close()
    const merged = createTrainer({ config: start.config, tensors }, { ...options, threads: 1 })
    expect((await merged.train(rows)).loss).toBeCloseTo(loss, 5)
    await merged.close()
  })

  it('takes fewer threads where memory is short, and says so where there is too little for one', async () => {
    const start = await loadCheckpoint(join(fixtures, 'linear'))
    const train = async (memory: number) => {
      const trainer = createTrainer(start, { ...options, threads: 3, memory })
      const { loss } = await trainer.train(rows)
      await trainer.close()
      return loss
    }
    expect(await train(170e6)).toBe(await train(1e9))
    expect(() => createTrainer(start, { ...options, memory: 1e5 })).toThrow(/needs about 0\.1 GB[\s\S]*adapters/)
  })

  it.each([undefined, { rank: 2 }])(
    'is the same to the bit where layers are computed again on the way back (%o)',
    async adapters => {
      const start = await loadCheckpoint(join(fixtures, 'linear'))
      const train = async (recompute: boolean) => {
        const trainer = createTrainer(start, { ...options, threads: 1, recompute, ...(adapters && { adapters }) })
        const events = []
        for (let step = 0; step < 4; step++) events.push(await trainer.train(rows))
        const result = { events, tensors: trainer.tensors() }
        await trainer.close()
        return result
      }
      expect(await train(true)).toEqual(await train(false))
    },
  )

  it('refuses adapters that make no sense', async () => {
    const start = await loadCheckpoint(join(fixtures, 'linear'))
    for (const adapters of [{ rank: 0 }, { rank: 2, alpha: -1 }, { rank: 2, targets: ['lm_head'] as never }]) {
      expect(() => createTrainer(start, { ...options, adapters: { ...adapters, seed: 1 } })).toThrow(
        /rank is a positive/,
      )
    }
  })
})
