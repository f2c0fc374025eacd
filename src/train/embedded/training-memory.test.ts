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
  longestRow: 1024,
  parameters: 134_515_008,
  trained: 4_884_480,
}
const needed = (recompute: boolean) => {
  const { shared, perThread } = estimateTraining(size, recompute)
  return (threads: number) => shared + threads * perThread
}

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

  it('estimates what was measured beyond the program and the model as it was read, or up to a fifth more', () => {
    // Adapters of rank 16 on a row of 1,536 tokens; all weights of SmolLM2's shape, and of a model of 9.5 M, on rows of 512.
    const all = { ...size, longestRow: 512, trained: size.parameters }
    const medium = { vocabularySize: 8192, hiddenSize: 320, layers: 6, heads: 10, keyValueHeads: 5, headSize: 32 }
    const small = { config: { ...size.config, ...medium, intermediateSize: 864 }, longestRow: 512 }
    const cases: [TrainingSize, boolean, number, number][] = [
      [{ ...size, longestRow: 1536 }, false, 1, 2255e6],
      [{ ...size, longestRow: 1536 }, true, 1, 1370e6],
      [all, false, 2, 3975e6],
      [{ ...small, parameters: 9_445_440, trained: 9_445_440 }, false, 2, 689e6],
    ]
    for (const [each, recompute, threads, measured] of cases) {
      const { shared, perThread } = estimateTraining(each, recompute)
      expect((shared + threads * perThread) / measured).toBeGreaterThan(0.95)
      expect((shared + threads * perThread) / measured).toBeLessThan(1.2)
    }
  })

  it('takes four bytes fewer for each trained number where the moments are kept in bfloat16', () => {
    const [exact, rounded] = [estimateTraining(size), estimateTraining({ ...size, states: 'bfloat16' })]
    expect(exact.shared - rounded.shared).toBe(4 * size.trained)
    expect(exact.perThread).toBe(rounded.perThread)
  })

  it('does as it is told, and says what is missing where it cannot', () => {
    expect(fitTraining(size, { threads: 1, recompute: true, memory: 1e12 })).toMatchObject({ recompute: true })
    const tight = { threads: 1, memory: again(1) + 1 }
    expect(() => fitTraining(size, { ...tight, recompute: false })).toThrow(/needs about .* GB.*Leave recompute/s)
    expect(() => fitTraining(size, { threads: 1, memory: again(1) - 1 })).toThrow(/Train adapters/)
  })
})
