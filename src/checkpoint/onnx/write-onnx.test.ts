import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createSession, floats, integers, type Tensors } from '../../onnx/index.ts'
import { convertCheckpoint, type LlamaConfig, openCheckpoint } from '../index.ts'

/** Checkpoints with the logits that transformers gives, written down by `scripts/checkpoint-goldens.py`. */
const fixtures = new URL('../../../test/fixtures/checkpoints/', import.meta.url).pathname
const shapes = readdirSync(fixtures, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? entry.name : []))
const folder = mkdtempSync(join(tmpdir(), 'misstep-onnx-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

async function open(shape: string) {
  const { config, close } = await openCheckpoint(join(fixtures, shape))
  await close()
  const file = join(folder, shape, 'model.onnx')
  await convertCheckpoint({ from: join(fixtures, shape), to: file })
  const session = await createSession(await readFile(file), { threads: 1, fixedShapes: false })
  return { config, session }
}

/** Nothing read before. */
function emptyPast({ layers, keyValueHeads, headSize }: LlamaConfig, rows: number): Tensors {
  const names = Array.from({ length: layers }, (_, layer) =>
    ['key', 'value'].map(kind => `past_key_values.${layer}.${kind}`),
  )
  return Object.fromEntries(names.flat().map(name => [name, floats([], [rows, keyValueHeads, 0, headSize])]))
}

const gap = (found: ArrayLike<number>, expected: ArrayLike<number>) =>
  Array.from(expected).reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0)

describe('an ONNX file', () => {
  for (const shape of shapes) {
    it(`gives the logits of transformers: ${shape}`, async () => {
      const { config, session } = await open(shape)
      const { ids, logits: base64 } = JSON.parse(readFileSync(join(fixtures, shape, 'golden.json'), 'utf8'))
      const expected = new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer)
      const length = ids.length
      const all = await session.run({
        ...emptyPast(config, 1),
        input_ids: integers(ids, [1, length]),
        attention_mask: integers(
          ids.map(() => 1),
          [1, length],
        ),
        position_ids: integers([...ids.keys()], [1, length]),
      })
      expect(all.logits!.dims).toEqual([1, length, config.vocabularySize])
      expect(gap(all.logits!.data as Float32Array, expected)).toBeLessThan(1e-4)

      // In two parts, the second behind the keys and values of the first.
      const cut = Math.floor(length / 2)
      const part = (from: number, to: number, past: Tensors) =>
        session.run({
          ...past,
          input_ids: integers(ids.slice(from, to), [1, to - from]),
          attention_mask: integers(Array(to).fill(1), [1, to]),
          position_ids: integers(
            Array.from({ length: to - from }, (_, i) => from + i),
            [1, to - from],
          ),
        })
      const before = await part(0, cut, emptyPast(config, 1))
      const past = Object.entries(before).filter(([name]) => name.startsWith('present.'))
      const after = await part(
        cut,
        length,
        Object.fromEntries(past.map(([name, value]) => [name.replace('present', 'past_key_values'), value])),
      )
      expect(gap(after.logits!.data as Float32Array, expected.subarray(cut * config.vocabularySize))).toBeLessThan(1e-4)
      await session.release()
    })
  }

  it('reads rows of unequal length at once, the shorter padded at its beginning', async () => {
    const { config, session } = await open('llama-3')
    const [long, short] = [
      [5, 3, 8, 1, 9],
      [7, 2, 4],
    ]
    const run = (rows: number[][], masks: number[][], positions: number[][]) => {
      const shape = [rows.length, rows[0]!.length]
      const [input_ids, attention_mask, position_ids] = [rows, masks, positions].map(each =>
        integers(each.flat(), shape),
      )
      return session.run({
        ...emptyPast(config, rows.length),
        input_ids: input_ids!,
        attention_mask: attention_mask!,
        position_ids: position_ids!,
      })
    }
    const alone = await run([short], [[1, 1, 1]], [[0, 1, 2]])
    const both = await run(
      [long, [0, 0, ...short]],
      [
        [1, 1, 1, 1, 1],
        [0, 0, 1, 1, 1],
      ],
      [
        [0, 1, 2, 3, 4],
        [0, 0, 0, 1, 2],
      ],
    )
    const last = (logits: Tensors) => (logits.logits!.data as Float32Array).slice(-3 * config.vocabularySize)
    expect(gap(last(both), last(alone))).toBeLessThan(1e-5)
    await session.release()
  })
})
