import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ChatModel } from '../src/core/agent.ts'
import { createEmbeddedModel } from '../src/models/index.ts'
import { serveCheckpoint } from '../src/pipeline/serve-checkpoint.ts'
import { serveSchema } from '../src/pipeline/serve-schema.ts'

const python = process.env.MISSTEP_TEST_SERVE ?? ''
const student = 'students/household-base'
const folder = mkdtempSync(join(tmpdir(), 'misstep-serve-'))
afterAll(() => rmSync(folder, { recursive: true }))

// As in docs/train-trl.md.
const command = [
  ...['{python}', '-m', 'transformers.cli.transformers', 'serve', '{checkpoint}'],
  ...['--host', '127.0.0.1', '--port', '{port}'],
]

const places = ['drawer 1', 'fridge 1', 'shelf 2']
const task = (place: string) =>
  `You are in the middle of a room. Looking quickly around you, you see a ${place}. Your task is to: put a mug on the ${place}.`

/** What a model says greedily to each task, and to what it said there, a turn later. */
async function answersOf(model: ChatModel): Promise<string[]> {
  const answer = async (messages: { role: 'user' | 'assistant'; content: string }[], conversation: string) =>
    (await model.complete({ messages, conversation, maxTokens: 60, temperature: 0, seed: '' })).text
  const answers = await Promise.all(
    places.map(async place => {
      const told = { role: 'user' as const, content: task(place) }
      const first = await answer([told], place)
      const reply = { role: 'assistant' as const, content: first }
      return [first, await answer([told, reply, { role: 'user', content: 'Nothing happens.' }], place)]
    }),
  )
  return answers.flat()
}

describe.skipIf(python === '')(
  'transformers serve (skipped without MISSTEP_TEST_SERVE, a Python with transformers[serving])',
  () => {
    it('answers for a checkpoint as the embedded engine does, word for word', { timeout: 300_000 }, async () => {
      const embedded = await createEmbeddedModel(student)
      const ours = await answersOf(embedded)
      await embedded.close()
      const serve = serveSchema.parse({ command, model: '{checkpoint}' })
      const served = await serveCheckpoint({ serve, folder: student, python, log: join(folder, 'serve.log') })
      try {
        expect(await answersOf(served)).toEqual(ours)
        expect(ours[0]).toMatch(/^Thought: .+\nAction: .+/)
      } finally {
        await served.close()
      }
    })
  },
)
