import { describe, expect, it } from 'vitest'
import { estimateTraining, fitTraining, type TrainingSize } from './training-memory.ts'

/** SmolLM2-135M with adapters, on rows of 1,024 tokens. */
const size: TrainingSize = {
  config: {
    vocabularySize: 49152,
    hiddenSize: 576,
    layers: 30,
    heads: 9,
    keyValueHeads: 3,
    headSize: 64,
    intermediateSize: 1536,
    ropeTheta: 100_000,
    normEpsilon: 1e-5,
    contextLength: 8192,
    tiedEmbeddings: true,
  },
  longestRows: [1024],
  parameters: 134_515_008,
  trained: 4_884_480,
}
const needed = (recompute: boolean) => (threads: number) => estimateTraining(size, threads, recompute)

describe('a training takes the fastest way that memory has room for', () => {
  const [keeping, again] = [needed(false), needed(true)]

  it('keeps what layers compute where there is room for it', () => {
    expect(fitTraining(size, { threads: 2, memory: keeping(2) + 1 })).toMatchObject({ threads: 2, recompute: false })
  })

  it('computes layers again where that makes room for a thread, or for another one', () => {
    expect(again(1)).toBeLessThan(0.7 * keeping(1))
    expect(fitTraining(size, { threads: 2, memory: again(1) + 1 })).toMatchObject({ threads: 1, recompute: true })
    expect(again(2)).toBeLessThan(keeping(2))
    expect(fitTraining(size, { threads: 2, memory: again(2) + 1 })).toMatchObject({ threads: 2, recompute: true })
  })

  it('estimates what was measured beyond the program and the model as it was read, or up to a sixth more', () => {
    // Adapters of rank 16 on a row of 1,536 tokens; all weights of SmolLM2's shape, and of a model of 9.5 M, on rows of 512.
    const all: TrainingSize = { ...size, longestRows: [512], trained: size.parameters }
    const medium = { vocabularySize: 8192, hiddenSize: 320, layers: 6, heads: 10, keyValueHeads: 5, headSize: 32 }
    const small = {
      config: { ...size.config, ...medium, intermediateSize: 864 },
      parameters: 9_445_440,
      trained: 9_445_440,
    }
    const cases: [TrainingSize, boolean, number, number][] = [
      [{ ...size, longestRows: [1536] }, false, 1, 2255e6],
      [{ ...size, longestRows: [1536] }, true, 1, 1370e6],
      [all, false, 2, 3975e6],
      [{ ...small, longestRows: [512] }, false, 2, 689e6],
      // Rows of 840, 600, 450 and 310 tokens in each step: no two threads have the longest.
      [{ ...small, longestRows: [840, 600, 450, 310] }, false, 2, 795e6],
    ]
    for (const [each, recompute, threads, measured] of cases) {
      const estimate = estimateTraining(each, threads, recompute)
      expect(estimate / measured).toBeGreaterThan(0.95)
      expect(estimate / measured).toBeLessThan(7 / 6)
    }
  })

  it('takes four bytes fewer for each trained number where the moments are kept in bfloat16', () => {
    const rounded = (threads: number) => estimateTraining({ ...size, states: 'bfloat16' }, threads)
    for (const threads of [1, 3]) expect(estimateTraining(size, threads) - rounded(threads)).toBe(4 * size.trained)
  })

  it('counts a row of its own for each thread, and the last that is named for all further', () => {
    const uneven: TrainingSize = { ...size, longestRows: [2048, 1024] }
    const long: TrainingSize = { ...size, longestRows: [2048] }
    expect(estimateTraining(uneven, 1)).toBe(estimateTraining(long, 1))
    expect(estimateTraining(uneven, 3) - estimateTraining(uneven, 1)).toBeCloseTo(
      needed(false)(3) - needed(false)(1),
      3,
    )
    const memory = estimateTraining(uneven, 2) + 1
    expect(fitTraining(uneven, { threads: 2, recompute: false, memory }).threads).toBe(2)
    expect(fitTraining(long, { threads: 2, recompute: false, memory }).threads).toBe(1)
  })

  it('does as it is told, and says what is missing where it cannot', () => {
    expect(fitTraining(size, { threads: 1, recompute: true, memory: 1e12 })).toMatchObject({ recompute: true })
    const tight = { threads: 1, memory: again(1) + 1 }
    expect(() => fitTraining(size, { ...tight, recompute: false })).toThrow(/needs about .* GB.*Leave recompute/s)
    expect(() => fitTraining(size, { threads: 1, memory: again(1) - 1 })).toThrow(/Train adapters/)
  })
})
