import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MisstepError } from '../core/errors.ts'
import { createRandom } from '../core/random.ts'
import { fromHalves, toHalves } from './half-floats.ts'
import {
  decodeSafetensors,
  encodeSafetensors,
  type LlamaConfig,
  loadCheckpoint,
  openCheckpoint,
  parseConfig,
  type RopeScaling,
  saveCheckpoint,
  type Tensor,
  tensorShapes,
} from './index.ts'

const config: LlamaConfig = {
  vocabularySize: 11,
  hiddenSize: 8,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  headSize: 2,
  intermediateSize: 12,
  ropeTheta: 10000,
  normEpsilon: 1e-5,
  contextLength: 64,
  tiedEmbeddings: true,
}

function randomTensors(shapes = tensorShapes(config), seed = 1): Map<string, Tensor> {
  const random = createRandom(seed)
  const tensors = [...shapes].map(([name, shape]): [string, Tensor] => {
    const length = shape.reduce((a, b) => a * b, 1)
    return [name, { shape: [...shape], data: Float32Array.from({ length }, () => random.next() - 0.5) }]
  })
  return new Map(tensors)
}

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'misstep-checkpoint-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('a checkpoint', () => {
  it('comes back as it was saved, tied or not', async () => {
    for (const tiedEmbeddings of [true, false]) {
      const own = { ...config, tiedEmbeddings }
      const tensors = randomTensors(tensorShapes(own))
      const { sha256 } = await saveCheckpoint(join(root, 'a', 'b'), { config: own, tensors })
      const loaded = await loadCheckpoint(join(root, 'a', 'b'))
      expect(loaded.config).toEqual(own)
      expect(loaded.sha256).toBe(sha256)
      expect(new Map([...loaded.tensors].sort())).toEqual(new Map([...tensors].sort()))
    }
    expect(await readdir(join(root, 'a'))).toEqual(['b'])
  })

  it('has the same bytes whatever the order of its tensors', () => {
    const tensors = randomTensors()
    const turned = new Map([...tensors].reverse())
    expect(encodeSafetensors(turned)).toEqual(encodeSafetensors(tensors))
  })

  it('carries the tokenizer along and names its stop token', async () => {
    const from = join(root, 'tokenizer')
    await mkdir(from)
    const added = [
      { id: 3, content: '<|end|>' },
      { id: 4, content: '<|pad|>' },
    ]
    await writeFile(join(from, 'tokenizer.json'), JSON.stringify({ added_tokens: added }))
    await writeFile(
      join(from, 'tokenizer_config.json'),
      JSON.stringify({ eos_token: '<|end|>', pad_token: { content: '<|pad|>' } }),
    )
    const folder = join(root, 'with-tokenizer')
    await saveCheckpoint(folder, { config, tensors: randomTensors(), tokenizerFrom: from, card: '# A card\n' })
    const files = ['README.md', 'config.json', 'generation_config.json', 'model.safetensors']
    expect((await readdir(folder)).sort()).toEqual([...files, 'tokenizer.json', 'tokenizer_config.json'])
    const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'))
    expect(await read('config.json')).toMatchObject({ eos_token_id: 3, pad_token_id: 4, model_type: 'llama' })
    expect(await read('generation_config.json')).toMatchObject({ eos_token_id: 3 })
  })

  it('leaves the old folder as it was when the new weights are not finite', async () => {
    const folder = join(root, 'kept')
    const { sha256 } = await saveCheckpoint(folder, { config, tensors: randomTensors() })
    const broken = randomTensors()
    broken.get('model.norm.weight')!.data[3] = Number.NaN
    await expect(saveCheckpoint(folder, { config, tensors: broken })).rejects.toThrow(
      /model\.norm\.weight.*not finite, at 3/,
    )
    expect((await loadCheckpoint(folder)).sha256).toBe(sha256)
  })

  it('is not written where the folder cannot be, and the error says so', async () => {
    const file = join(root, 'a-file')
    await writeFile(file, '')
    const saving = saveCheckpoint(join(file, 'below'), { config, tensors: randomTensors() })
    await expect(saving).rejects.toMatchObject({ code: 'store' })
  })

  it.each<[string, (tensors: Map<string, Tensor>) => void, RegExp]>([
    ['missing', tensors => tensors.delete('model.norm.weight'), /model\.norm\.weight is missing/],
    [
      'not known',
      tensors => tensors.set('model.bias', { shape: [1], data: new Float32Array(1) }),
      /model\.bias is none/,
    ],
    [
      'misshapen',
      tensors => tensors.set('model.norm.weight', { shape: [4], data: new Float32Array(4) }),
      /\[8\].*\[4\]/,
    ],
    ['infinite', tensors => tensors.get('model.norm.weight')!.data.fill(Infinity), /not finite/],
  ])('is refused with a tensor that is %s', async (_, damage, message) => {
    const folder = join(root, 'damaged')
    const tensors = randomTensors()
    await saveCheckpoint(folder, { config, tensors })
    damage(tensors)
    await writeFile(join(folder, 'model.safetensors'), encodeSafetensors(tensors))
    await expect(loadCheckpoint(folder)).rejects.toThrow(message)
  })

  it('names the file that is missing', async () => {
    await expect(loadCheckpoint(join(root, 'nowhere'))).rejects.toThrow(/config\.json cannot be read/)
  })

  it('says what to do with weights from before safetensors', async () => {
    const folder = join(root, 'pickled')
    await saveCheckpoint(folder, { config, tensors: randomTensors() })
    await rename(join(folder, 'model.safetensors'), join(folder, 'pytorch_model.bin'))
    await expect(loadCheckpoint(folder)).rejects.toThrow(
      /only safetensors are read.*pytorch_model\.bin.*save_pretrained/s,
    )
  })
})

describe('a checkpoint in several files', () => {
  /** Writes a half of the tensors into each of two files. */
  async function saveShards(folder: string, change: (map: Record<string, unknown>) => void = () => {}) {
    await saveCheckpoint(folder, { config, tensors: randomTensors() })
    await rm(join(folder, 'model.safetensors'))
    const all = [...randomTensors()]
    const map: Record<string, unknown> = {}
    for (const [file, part] of [
      ['one.safetensors', all.slice(0, 7)],
      ['two.safetensors', all.slice(7)],
    ] as const) {
      await writeFile(join(folder, file), encodeSafetensors(new Map(part)))
      for (const [name] of part) map[name] = file
    }
    change(map)
    await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: map }))
  }

  it('is the same as in one, and each tensor can be read by itself', async () => {
    const folder = join(root, 'shards')
    await saveShards(folder)
    const loaded = await loadCheckpoint(folder)
    expect(new Map([...loaded.tensors].sort())).toEqual(new Map([...randomTensors()].sort()))
    const checkpoint = await openCheckpoint(folder)
    expect(await checkpoint.read('model.norm.weight')).toEqual(loaded.tensors.get('model.norm.weight'))
    expect(await checkpoint.sha256()).toBe(loaded.sha256)
    await checkpoint.close()
  })

  it.each<[string, (map: Record<string, unknown>) => void, RegExp]>([
    ['names a file elsewhere', map => Object.assign(map, { a: '../one.safetensors' }), /weight_map.*\.\.\/one/],
    ['names a file that is none', map => Object.assign(map, { a: 7 }), /weight_map/],
    ['names a file that is not there', map => Object.assign(map, { a: 'three.safetensors' }), /three.*cannot be read/],
    [
      'has a tensor in the wrong file',
      map => Object.assign(map, { 'model.norm.weight': 'one.safetensors' }),
      /not in one/,
    ],
  ])('is refused when its index %s', async (_, change, message) => {
    await saveShards(join(root, 'bad-shards'), change)
    await expect(loadCheckpoint(join(root, 'bad-shards'))).rejects.toThrow(message)
  })

  it('is refused when its index is no index', async () => {
    const folder = join(root, 'no-index')
    await saveShards(folder)
    for (const text of ['[', 'null', '{"weight_map": 3}']) {
      await writeFile(join(folder, 'model.safetensors.index.json'), text)
      await expect(loadCheckpoint(folder)).rejects.toThrow(MisstepError)
    }
  })
})

describe('half precision', () => {
  it('goes to the nearest, ties to even, and comes back exactly', () => {
    const values = [
      0,
      1,
      -2.5,
      65504,
      65519.9,
      65520,
      2 ** -24,
      2 ** -25,
      2 ** -25 * 1.01,
      2049,
      2051,
      1e-9,
      0.1,
      2 ** -14 - 2 ** -25,
    ]
    const expected = [
      0,
      1,
      -2.5,
      65504,
      65504,
      Infinity,
      2 ** -24,
      0,
      2 ** -24,
      2048,
      2052,
      0,
      0.0999755859375,
      2 ** -14,
    ]
    expect([...fromHalves(toHalves(Float32Array.from(values)))]).toEqual(expected)
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits).filter(bits => (bits & 0x7c00) !== 0x7c00)
    expect(Buffer.compare(new Uint8Array(toHalves(fromHalves(all)).buffer), new Uint8Array(all.buffer))).toBe(0)
  })
})

describe('a config', () => {
  const plain = { model_type: 'llama', vocab_size: 9, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 }
  it('of another architecture, with biases or with scaled rotary embeddings is refused by key', () => {
    const full = { ...plain, intermediate_size: 8 }
    expect(parseConfig(full, 'c')).toMatchObject({ headSize: 4, keyValueHeads: 2 })
    expect(() => parseConfig({ ...full, model_type: 'qwen3' }, 'c')).toThrow(/model_type.*qwen3/s)
    expect(() => parseConfig({ ...full, attention_bias: true }, 'c')).toThrow(/attention_bias/)
    expect(() => parseConfig({ ...full, rope_scaling: { factor: 8 } }, 'c')).toThrow(/rope_scaling/)
    expect(() => parseConfig({ ...full, rope_scaling: { type: 'yarn', factor: 8 } }, 'c')).toThrow(
      /rope_scaling.*llama3/s,
    )
    expect(() => parseConfig({ ...full, quantization_config: { bits: 4 } }, 'c')).toThrow(/quantization_config/)
    expect(() => parseConfig({ ...full, num_hidden_layers: 1e15 }, 'c')).toThrow(/num_hidden_layers/)
    expect(() => parseConfig({ ...full, num_key_value_heads: 3 }, 'c')).toThrow(/no multiple/)
    expect(() => parseConfig(plain, 'c')).toThrow(/intermediate_size/)
    expect(() => parseConfig(null, 'c')).toThrow(MisstepError)
  })

  it('keeps the scaling of its rotary embeddings when it is written and read', async () => {
    const scalings: RopeScaling[] = [
      { type: 'linear', factor: 4 },
      { type: 'dynamic', factor: 2 },
      { type: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 8192 },
    ]
    for (const ropeScaling of scalings) {
      const own = { ...config, ropeScaling }
      await saveCheckpoint(join(root, 'scaled'), { config: own, tensors: randomTensors() })
      expect((await loadCheckpoint(join(root, 'scaled'))).config).toEqual(own)
    }
    const newer = { ...plain, intermediate_size: 8, rope_parameters: { rope_type: 'linear', factor: 4, rope_theta: 7 } }
    expect(parseConfig(newer, 'c')).toMatchObject({ ropeTheta: 7, ropeScaling: { type: 'linear', factor: 4 } })
  })
})

describe('a hostile safetensors file', () => {
  const file = (header: unknown, data = 8, length?: bigint) => {
    const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
    const bytes = Buffer.alloc(8 + json.length + data)
    bytes.writeBigUInt64LE(length ?? BigInt(json.length))
    json.copy(bytes, 8)
    return bytes
  }
  const tensor = (from: number, to: number, shape: unknown = [(to - from) / 4], dtype: unknown = 'F32') => ({
    dtype,
    shape,
    data_offsets: [from, to],
  })

  it.each<[string, Buffer, RegExp]>([
    ['an empty file', Buffer.alloc(0), /too few/],
    ['a header longer than the file', file({}, 8, 2n ** 63n), /claims/],
    ['a header that is no JSON', file('{"a":'), /not JSON/],
    ['a header that is a list', file([]), /not an object/],
    ['a tensor beyond the end', file({ a: tensor(0, 4000) }), /take 4000 bytes, the file holds 8/],
    ['bytes that no tensor owns', file({ a: tensor(0, 4) }), /take 4 bytes/],
    ['overlapping tensors', file({ a: tensor(0, 8), b: tensor(4, 8) }), /b overlaps/],
    ['a gap', file({ a: tensor(4, 8) }), /a leaves a gap/],
    ['another dtype', file({ a: tensor(0, 8, [1], 'I64') }), /dtype.*I64/],
    ['a dtype that is a property of every object', file({ a: tensor(0, 8, [1], 'constructor') }), /dtype/],
    ['a shape that overflows', file({ a: tensor(0, 8, [2 ** 52, 2 ** 52]) }), /needs/],
    ['a negative size', file({ a: tensor(0, 8, [-1, -2]) }), /shape/],
    ['offsets that run backwards', file({ a: tensor(8, 0, [0]) }), /needs 0 bytes/],
    ['an entry that is null', file({ a: null }), /dtype/],
  ])('is refused with a word: %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, 'x')).toThrow(MisstepError)
    expect(() => decodeSafetensors(bytes, 'x')).toThrow(message)
  })

  it('never does worse than a MisstepError, whichever bytes are changed', () => {
    const whole = encodeSafetensors(randomTensors())
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(whole.length), (changes, end) => {
        const bytes = Uint8Array.from(whole)
        // Half of the changes go into the header, where the harm is.
        for (const [at, value] of changes) bytes[value % 2 ? at : at % 400] = value
        for (const candidate of [bytes, bytes.subarray(0, end)]) {
          try {
            decodeSafetensors(candidate, 'x')
          } catch (error) {
            expect(error).toBeInstanceOf(MisstepError)
          }
        }
      }),
      { seed: 20250523, numRuns: 300 },
    )
  })

  it('of half precision is read exactly', () => {
    const values = [0, -0, 1, -2.5, 65504, 2 ** -24, 2 ** -14]
    const bits = [0, 0x8000, 0x3c00, 0xc100, 0x7bff, 1, 0x0400]
    const bytes = file({ a: tensor(0, 14, [7], 'F16') }, 14)
    bits.forEach((half, i) => {
      bytes.writeUInt16LE(half, bytes.length - 14 + 2 * i)
    })
    expect([...decodeSafetensors(bytes, 'x').get('a')!.data]).toEqual(values)
    const brain = file({ a: tensor(0, 4, [2], 'BF16') }, 4)
    brain.writeUInt16LE(0x3f80, brain.length - 4)
    brain.writeUInt16LE(0xc0a0, brain.length - 2)
    expect([...decodeSafetensors(brain, 'x').get('a')!.data]).toEqual([1, -5])
  })
})
