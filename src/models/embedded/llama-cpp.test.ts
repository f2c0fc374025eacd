import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sentencePieceTokenizer } from '../../../test/kit/sentencepiece.ts'
import { saveCheckpoint, tensorShapes, writeGguf } from '../../checkpoint/index.ts'
import type { Message } from '../../core/agent.ts'
import { createRandom } from '../../core/random.ts'
import { loadChatFormat } from '../../render/index.ts'
import { createEmbeddedModel } from './embedded-model.ts'

/** A folder in which `npm install node-llama-cpp` was run: it takes 700 MB, so it is no dependency. */
const llamaCpp = process.env.MISSTEP_LLAMA_CPP
const students = new URL('../../../students/', import.meta.url).pathname

/** The little of node-llama-cpp that is used here. */
interface LlamaModel {
  tokenize(text: string, specialTokens: boolean): number[]
  createContext(options: object): Promise<{
    getSequence(): { evaluate(tokens: number[], options: { temperature: number }): AsyncIterable<number> }
  }>
  dispose(): Promise<void>
}

const messages: Message[] = [
  {
    role: 'user',
    content:
      'You are in the middle of a room. Looking quickly around you, you see a drawer 12, and a shelf 1.\nYour task is to: put a mug in drawer.',
  },
]
let folder = ''
let llama: { loadModel(options: object): Promise<LlamaModel>; dispose(): Promise<void> } | undefined

describe.skipIf(!llamaCpp)('llama.cpp (MISSTEP_LLAMA_CPP names a folder with node-llama-cpp)', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'misstep-llama-cpp-'))
    const { getLlama } = await import(pathToFileURL(join(llamaCpp!, 'node_modules/node-llama-cpp/dist/index.js')).href)
    llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', progressLogs: false })
  })
  afterAll(async () => {
    await llama?.dispose()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  /** What our engine says, greedily; llama.cpp must have the same tokens of the prompt, and say the same. */
  async function compare(student: string, type: 'f32' | 'f16'): Promise<number[]> {
    const format = await loadChatFormat(student)
    const prompt = format.promptIds(messages)
    const own = await createEmbeddedModel(student, { threads: 1, slots: 1 })
    const answer = await own.complete({ messages, conversation: 'a', maxTokens: 60, temperature: 0, seed: '' })
    await own.close()
    const modelPath = join(folder, `${basename(student)}.${type}.gguf`)
    await writeGguf(student, modelPath, type)
    const model = await llama!.loadModel({ modelPath })
    expect(model.tokenize(format.render(messages), true)).toEqual(prompt)
    const context = await model.createContext({ contextSize: 512, threads: 1 })
    const said: number[] = []
    // The stop token ends the other's answer without being said.
    const ids = answer.tokenIds.at(-1) === format.stopId ? answer.tokenIds.slice(0, -1) : answer.tokenIds
    for await (const id of context.getSequence().evaluate(prompt, { temperature: 0 })) {
      said.push(id)
      if (said.length === ids.length) break
    }
    expect(said).toEqual(ids)
    await model.dispose()
    return ids
  }

  it('loads our GGUF files and says the same, token for token', { timeout: 300_000 }, async () => {
    for (const type of ['f32', 'f16'] as const) {
      const said = await compare(join(students, 'household-base'), type)
      expect(said.length).toBeGreaterThan(15)
    }
  })

  it("cuts text as we do with a tokenizer of SentencePiece's BPE, and says the same", {
    timeout: 300_000,
  }, async () => {
    const { size, ...files } = sentencePieceTokenizer()
    for (const [name, contents] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(contents))
    const shape = { hiddenSize: 64, layers: 2, heads: 4, keyValueHeads: 2, headSize: 16, intermediateSize: 96 }
    const rest = { ropeTheta: 10_000, normEpsilon: 1e-5, contextLength: 512, tiedEmbeddings: false }
    const config = { vocabularySize: size, ...shape, ...rest }
    const random = createRandom('sentencepiece')
    const tensors = new Map(
      [...tensorShapes(config)].map(([name, shape]) => {
        const length = shape.reduce((product, each) => product * each, 1)
        const data = Float32Array.from({ length }, () => (shape.length > 1 ? random.next() - 0.5 : 1))
        return [name, { shape: [...shape], data }]
      }),
    )
    const student = join(folder, 'sentencepiece')
    await saveCheckpoint(student, { config, tensors, tokenizerFrom: folder })
    expect((await compare(student, 'f32')).length).toBeGreaterThan(3)
    // Letters without a token, spaces before, between and behind, tokens that others are made of.
    const texts = [
      'the room',
      ' the  rooms   in',
      'there',
      'in the\n\troom, a zoo!',
      'Öde 漢字 \u{1f600}',
      ' ',
      'roomroomoom ',
      '   in     the      room         a',
      'the',
    ]
    const format = await loadChatFormat(student)
    const model = await llama!.loadModel({ modelPath: join(folder, 'sentencepiece.f32.gguf') })
    for (const text of texts) {
      const asked = [{ role: 'user' as const, content: text }]
      expect(model.tokenize(format.render(asked), true)).toEqual(format.promptIds(asked))
    }
    await model.dispose()
  })

  it('turns as we do where turns are scaled as in Llama 3.1', { timeout: 300_000 }, async () => {
    const plain = join(students, 'household-base')
    const scaled = join(folder, 'scaled')
    await cp(plain, scaled, { recursive: true })
    const config = JSON.parse(await readFile(join(plain, 'config.json'), 'utf8'))
    const scaling = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 }
    config.rope_scaling = { ...scaling, original_max_position_embeddings: 64 }
    await writeFile(join(scaled, 'config.json'), JSON.stringify(config))
    // It says other things than without: the scaling counts.
    expect(await compare(scaled, 'f32')).not.toEqual(await compare(plain, 'f32'))
  })
})
