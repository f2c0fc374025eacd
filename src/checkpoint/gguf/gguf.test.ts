import { mkdtempSync, readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { MisstepError } from '../../core/errors.ts'
import { createRandom } from '../../core/random.ts'
import {
  convertCheckpoint,
  loadCheckpoint,
  openGgufCheckpoint,
  saveCheckpoint,
  type Tensor,
  tensorShapes,
} from '../index.ts'
import { encodeGgufHeader, float, integer, type TypedMetadata } from './encode-header.ts'
import { openGguf } from './open-gguf.ts'
import { parseGgufHeader } from './parse-header.ts'
import { readGgufTokenizer } from './read-tokenizer.ts'

const fixture = new URL('../../../test/fixtures/checkpoints/quantised.gguf', import.meta.url).pathname
const root = mkdtempSync(join(tmpdir(), 'misstep-gguf-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const config = {
  vocabularySize: 9,
  hiddenSize: 12,
  layers: 2,
  heads: 3,
  keyValueHeads: 1,
  headSize: 8,
  intermediateSize: 20,
  ropeTheta: 5000,
  normEpsilon: 1e-5,
  contextLength: 64,
  tiedEmbeddings: false,
}
const random = createRandom('gguf')
/** Values that a half holds exactly. */
const tensors = new Map(
  [...tensorShapes(config)].map(([name, shape]): [string, Tensor] => {
    const length = shape.reduce((a, b) => a * b, 1)
    return [name, { shape: [...shape], data: Float32Array.from({ length }, () => (random.integer(2048) - 1024) / 512) }]
  }),
)
const tokenizer = {
  'tokenizer.json': {
    added_tokens: [
      { id: 0, content: '<|pad|>', special: true },
      { id: 1, content: '<|end|>', special: true },
      { id: 7, content: '<|user|>', special: true },
    ],
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: { '<|pad|>': 0, '<|end|>': 1, a: 2, b: 3, ab: 4, Ġ: 5, Ġab: 6 },
      merges: ['a b', ['Ġ', 'ab']],
    },
  },
  'tokenizer_config.json': { eos_token: '<|end|>', pad_token: { content: '<|pad|>' }, chat_template: '{{ messages }}' },
}

async function saveFolder(name: string): Promise<string> {
  for (const [file, contents] of Object.entries(tokenizer)) await writeFile(join(root, file), JSON.stringify(contents))
  await saveCheckpoint(join(root, name), { config, tensors, tokenizerFrom: root })
  return join(root, name)
}

describe('a checkpoint', () => {
  it('comes back from GGUF as it was written, as f32 and as f16', async () => {
    const folder = await saveFolder('folder')
    const before = await loadCheckpoint(folder)
    for (const type of ['f32', 'f16'] as const) {
      const file = join(root, `${type}.gguf`)
      await convertCheckpoint({ from: folder, to: file, type })
      await convertCheckpoint({ from: file, to: join(root, `${type}-back`) })
      const after = await loadCheckpoint(join(root, `${type}-back`))
      expect(after.config).toEqual(config)
      expect(after.sha256).toBe(before.sha256)
      const read = async (name: string) => JSON.parse(await readFile(join(root, `${type}-back`, name), 'utf8'))
      expect((await read('tokenizer.json')).model).toMatchObject({
        vocab: { ...tokenizer['tokenizer.json'].model.vocab, '<|user|>': 7, '[UNUSED 8]': 8 },
        merges: [
          ['a', 'b'],
          ['Ġ', 'ab'],
        ],
      })
      expect(await read('tokenizer_config.json')).toMatchObject({
        eos_token: '<|end|>',
        pad_token: '<|pad|>',
        additional_special_tokens: ['<|user|>'],
        model_max_length: 64,
        chat_template: '{{ messages }}',
      })
    }
  })

  it('becomes GGUF although its tokenizer claims to fall back on bytes, as transformers writes of each that it read from GGUF', async () => {
    const folder = await saveFolder('fallback')
    const file = join(folder, 'tokenizer.json')
    const claims = tokenizer['tokenizer.json']
    await writeFile(file, JSON.stringify({ ...claims, model: { ...claims.model, byte_fallback: true } }))
    await convertCheckpoint({ from: folder, to: join(root, 'fallback.gguf') })
    await convertCheckpoint({ from: join(root, 'fallback.gguf'), to: join(root, 'fallback-back') })
    const back = JSON.parse(await readFile(join(root, 'fallback-back', 'tokenizer.json'), 'utf8'))
    expect(back.model.vocab).toMatchObject(claims.model.vocab)
  })

  it('becomes ONNX, or GGUF of another type, from GGUF as from the folder', async () => {
    const folder = await saveFolder('between')
    const [file, onnx, half] = ['between.gguf', 'a.onnx', 'half.gguf'].map(name => join(root, name)) as [
      string,
      string,
      string,
    ]
    await convertCheckpoint({ from: folder, to: file })
    await convertCheckpoint({ from: folder, to: onnx })
    await convertCheckpoint({ from: file, to: join(root, 'b.onnx') })
    expect(await readFile(join(root, 'b.onnx'))).toEqual(await readFile(onnx))
    await convertCheckpoint({ from: file, to: half, type: 'f16' })
    await convertCheckpoint({ from: half, to: join(root, 'half') })
    expect((await loadCheckpoint(join(root, 'half'))).sha256).toBe((await loadCheckpoint(folder)).sha256)
  })

  it('has what llama.cpp divides each turn by, where turns are scaled as in Llama 3.1', async () => {
    const folder = await saveFolder('scaled')
    const scaling = { factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 150 }
    const scaled = { ...config, headSize: 8, ropeScaling: { type: 'llama3' as const, ...scaling } }
    await saveCheckpoint(join(root, 'scaled-source'), { config: scaled, tensors, tokenizerFrom: folder })
    const file = join(root, 'scaled.gguf')
    await convertCheckpoint({ from: join(root, 'scaled-source'), to: file })
    const opened = await openGguf(file)
    const { shape, data } = await opened.read('rope_freqs.weight')
    await opened.close()
    expect(shape).toEqual([4])
    // Wavelengths 6.3, 53, 444 and 3737 tokens: the first turns fast enough for 150 to stay, the last two are slowed down by 8.
    const between = (150 / (2 * Math.PI * 5000 ** 0.25) - 1) / 3
    expect([...data]).toEqual([1, 1 / ((1 - between) / 8 + between), 8, 8].map(each => expect.closeTo(each, 5)))
    await expect(convertCheckpoint({ from: file, to: join(root, 'scaled-back') })).rejects.toThrow(/Llama 3.1/)
  })

  it('is the same again when a folder is converted to a folder', async () => {
    const folder = await saveFolder('same')
    await convertCheckpoint({ from: folder, to: join(root, 'copy') })
    expect(await loadCheckpoint(join(root, 'copy'))).toEqual(await loadCheckpoint(folder))
  })

  it('is not converted where that makes no sense, or from nothing', async () => {
    await expect(convertCheckpoint({ from: fixture, to: join(root, 'x'), type: 'f16' })).rejects.toMatchObject({
      code: 'usage',
    })
    await expect(convertCheckpoint({ from: join(root, 'none'), to: join(root, 'x') })).rejects.toThrow(/cannot be read/)
    await writeFile(join(root, 'model.onnx'), 'x')
    await expect(convertCheckpoint({ from: join(root, 'model.onnx'), to: join(root, 'x') })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/ONNX is written, not read.*model\.onnx/),
    })
    await expect(convertCheckpoint({ from: join(root, 'tokenizer.json'), to: join(root, 'x') })).rejects.toThrow(/GGUF/)
  })
})

/** A file that would be a model, with changes to its metadata and its tensors. */
async function fileWith(changes: TypedMetadata, leaveOut: string[] = [], tensorType = 0): Promise<string> {
  const metadata: TypedMetadata = {
    'general.architecture': 'llama',
    'llama.block_count': integer(1),
    'llama.context_length': integer(8),
    'llama.embedding_length': integer(4),
    'llama.feed_forward_length': integer(4),
    'llama.attention.head_count': integer(1),
    'llama.attention.layer_norm_rms_epsilon': float(1e-5),
    ...changes,
  }
  const square = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down']
  const infos = [
    { own: 'token_embd.weight', shape: [4, 4] },
    { own: 'output_norm.weight', shape: [4] },
    { own: 'blk.0.attn_norm.weight', shape: [4] },
    { own: 'blk.0.ffn_norm.weight', shape: [4] },
    ...square.map(name => ({ own: `blk.0.${name}.weight`, shape: [4, 4] })),
  ]
    .filter(({ own }) => !leaveOut.includes(own))
    .map(info => ({ ...info, type: tensorType, bytes: 64 }))
  const file = join(root, 'changed.gguf')
  await writeFile(file, Buffer.concat([encodeGgufHeader(metadata, infos, 32), Buffer.alloc(infos.length * 64)]))
  return file
}

describe('a GGUF file that cannot be used', () => {
  it('is opened where nothing is wrong with it', async () => {
    const { config: found, close } = await openGgufCheckpoint(await fileWith({}))
    await close()
    expect(found).toMatchObject({ layers: 1, heads: 1, keyValueHeads: 1, headSize: 4, tiedEmbeddings: true })
  })

  it.each<[string, TypedMetadata, RegExp]>([
    [
      'another architecture',
      { 'general.architecture': 'qwen2' },
      /general\.architecture is not "llama": "qwen2"[\s\S]*Supported are Llama/,
    ],
    ['a mixture of experts', { 'llama.expert_count': integer(8) }, /mixture of experts/],
    ['a rotation of another kind', { 'llama.rope.scaling.type': 'yarn' }, /scaled.*yarn/],
    ['a rotation of half a head', { 'llama.rope.dimension_count': integer(2) }, /only a part/],
    ['a number that is a text', { 'llama.block_count': 'many' }, /llama\.block_count/],
    ['a number out of range', { 'llama.block_count': integer(2 ** 31) }, /llama\.block_count/],
    ['too many layers', { 'llama.block_count': integer(5000) }, /llama\.block_count is out of range/],
    ['several files', { 'split.count': integer(2) }, /several files/],
    ['heads that do not fit', { 'llama.attention.head_count': integer(3) }, /head/],
    ['a strange alignment', { 'general.alignment': integer(3) }, /alignment/],
    ['shapes that differ', { 'llama.feed_forward_length': integer(8) }, /should have the shape \[8,4\]/],
  ])('%s', async (_, changes, message) => {
    await expect(openGgufCheckpoint(await fileWith(changes))).rejects.toThrow(message)
  })

  it('a tensor that is missing, or of a type that is not read', async () => {
    await expect(openGgufCheckpoint(await fileWith({}, ['blk.0.ffn_up.weight']))).rejects.toThrow(
      /up_proj.weight is missing/,
    )
    await expect(openGgufCheckpoint(await fileWith({}, [], 14))).rejects.toThrow(/type that is not read: 14[\s\S]*Q4_1/)
  })

  it('a tokenizer of another model', async () => {
    const from = await fileWith({ 'tokenizer.ggml.tokens': ['a', 'b', 'c', 'd', 'e'] })
    await expect(convertCheckpoint({ from, to: join(root, 'other') })).rejects.toThrow(/more tokens than the model/)
  })

  it('a tokenizer that does not hold together', () => {
    const good = new Map<string, string | number | string[] | number[]>([
      ['tokenizer.ggml.model', 'gpt2'],
      ['tokenizer.ggml.pre', 'smollm'],
      ['tokenizer.ggml.tokens', ['a', 'b', 'ab']],
      ['tokenizer.ggml.token_type', [1, 1, 3]],
      ['tokenizer.ggml.merges', ['a b']],
      ['tokenizer.ggml.eos_token_id', 2],
    ])
    expect(Object.keys(readGgufTokenizer(good, 'x'))).toEqual(['tokenizer.json', 'tokenizer_config.json'])
    const bad: [string, string | number | string[] | number[], RegExp][] = [
      ['model', 'llama', /kind is not "gpt2"[\s\S]*smollm/],
      ['pre', 'tekken', /cuts text.*tekken/],
      ['pre', 'constructor', /cuts text/],
      ['tokens', ['a', 'b', 'a'], /same text/],
      ['tokens', [1, 2, 3], /tokens are missing/],
      ['token_type', [1], /not every token/],
      ['merges', ['a c'], /merge.*a c/],
      ['merges', ['ab'], /merge/],
      ['eos_token_id', 3, /number of no token/],
    ]
    for (const [key, value, message] of bad) {
      expect(() => readGgufTokenizer(new Map([...good, [`tokenizer.ggml.${key}`, value]]), 'x')).toThrow(message)
    }
  })
})

describe('a hostile GGUF header', () => {
  const whole = readFileSync(fixture)
  const text = (value: string) => {
    const bytes = Buffer.alloc(8 + value.length, value)
    bytes.writeBigUInt64LE(BigInt(value.length))
    bytes.write(value, 8, 'latin1')
    return bytes
  }
  const start = (tensorCount: bigint, valueCount: bigint, ...rest: Buffer[]) => {
    const head = Buffer.alloc(24)
    head.write('GGUF')
    head.writeUInt32LE(3, 4)
    head.writeBigUInt64LE(tensorCount, 8)
    head.writeBigUInt64LE(valueCount, 16)
    return Buffer.concat([head, ...rest])
  }
  const integers = (...values: number[]) => Buffer.from(new Uint8Array(Uint32Array.from(values).buffer))
  const long = (value: bigint) => Buffer.from(new Uint8Array(BigUint64Array.of(value).buffer))

  it.each<[string, Buffer, RegExp]>([
    ['an empty file', Buffer.alloc(0), /letters GGUF/],
    ['another file', Buffer.from('PK\u0003\u0004 and more'), /letters GGUF/],
    ['version 1', Buffer.from('GGUF\u0001\0\0\0', 'latin1'), /version/],
    ['only its first letters', Buffer.from('GGUF'), /beyond the end/],
    ['more tensors than bytes', start(2n ** 40n, 0n), /tensors, which do not fit/],
    ['more tensors than numbers', start(2n ** 63n, 0n), /beyond all measure/],
    ['more values than bytes', start(0n, 9n, text('a')), /values, which do not fit/],
    ['a text longer than the file', start(0n, 1n, long(2n ** 50n), Buffer.alloc(20)), /beyond the end/],
    ['a key that is no UTF-8', start(0n, 1n, text('\xff\xfe'), Buffer.alloc(12)), /no UTF-8/],
    ['a value of no type', start(0n, 1n, text('a'), integers(77), Buffer.alloc(8)), /type that is not known/],
    [
      'a list longer than the file',
      start(0n, 1n, text('a'), integers(9, 4), long(2n ** 30n)),
      /items of a, which do not fit/,
    ],
    ['lists of lists', start(0n, 1n, text('a'), integers(9, 9), long(1n), integers(9, 9)), /type that is not known: 9/],
    ['a key twice', start(0n, 2n, ...[1, 2].flatMap(() => [text('a'), integers(4, 1)])), /twice/],
    ['too many dimensions', start(1n, 0n, text('a'), integers(1e6), Buffer.alloc(24)), /too many dimensions/],
    [
      'a size beyond all measure',
      start(1n, 0n, text('a'), integers(1), long(2n ** 60n), Buffer.alloc(12)),
      /beyond all measure/,
    ],
  ])('is refused with a word: %s', (_, bytes, message) => {
    expect(() => parseGgufHeader(bytes, bytes.length, 'x')).toThrow(MisstepError)
    expect(() => parseGgufHeader(bytes, bytes.length, 'x')).toThrow(message)
  })

  it('is refused where its tensors lie outside of the file, or over one another in name', async () => {
    const file = join(root, 'short.gguf')
    await writeFile(file, whole.subarray(0, whole.length - 200))
    await expect(openGgufCheckpoint(file)).rejects.toThrow(/ends at \d+, the file at/)
  })

  it('never does worse than a MisstepError, whichever bytes are changed', async () => {
    const file = join(root, 'fuzzed.gguf')
    const change = fc.tuple(fc.nat(1200), fc.nat(255))
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.option(fc.nat(whole.length)),
        async (changes, end) => {
          const bytes = Uint8Array.from(whole)
          for (const [at, value] of changes) bytes[at] = value
          await writeFile(file, bytes.subarray(0, end ?? bytes.length))
          try {
            const checkpoint = await openGgufCheckpoint(file)
            await checkpoint.close()
            readGgufTokenizer(checkpoint.metadata, file)
          } catch (error) {
            expect(error).toBeInstanceOf(MisstepError)
          }
        },
      ),
      { seed: 20250523, numRuns: 400 },
    )
  })
})
