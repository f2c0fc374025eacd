import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { writeGguf } from '../../checkpoint/index.ts'
import type { Message } from '../../core/agent.ts'
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

let folder = ''
afterAll(() => folder && rm(folder, { recursive: true, force: true }))

describe.skipIf(!llamaCpp)('llama.cpp (MISSTEP_LLAMA_CPP names a folder with node-llama-cpp)', () => {
  it('loads our GGUF files and says the same, token for token', { timeout: 300_000 }, async () => {
    const student = join(students, 'household-base')
    const messages: Message[] = [
      {
        role: 'user',
        content:
          'You are in the middle of a room. Looking quickly around you, you see a drawer 12, and a shelf 1.\nYour task is to: put a mug in drawer.',
      },
    ]
    const format = await loadChatFormat(student)
    const prompt = format.promptIds(messages)
    const own = await createEmbeddedModel(student, { threads: 1, slots: 1 })
    const answer = await own.complete({ messages, conversation: 'a', maxTokens: 60, temperature: 0, seed: '' })
    await own.close()
    expect(answer.tokenIds.length).toBeGreaterThan(15)

    folder = await mkdtemp(join(tmpdir(), 'misstep-llama-cpp-'))
    const { getLlama } = await import(pathToFileURL(join(llamaCpp!, 'node_modules/node-llama-cpp/dist/index.js')).href)
    const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', progressLogs: false })
    for (const type of ['f32', 'f16'] as const) {
      const modelPath = join(folder, `${type}.gguf`)
      await writeGguf(student, modelPath, type)
      const model: LlamaModel = await llama.loadModel({ modelPath })
      expect(model.tokenize(format.render(messages), true)).toEqual(prompt)
      const context = await model.createContext({ contextSize: 512, threads: 1 })
      const said: number[] = []
      for await (const id of context.getSequence().evaluate(prompt, { temperature: 0 })) {
        said.push(id)
        if (said.length === answer.tokenIds.length - 1) break
      }
      // The stop token ends the other's answer without being said.
      expect([...said, format.stopId]).toEqual(answer.tokenIds)
      await model.dispose()
    }
    await llama.dispose()
  })
})
