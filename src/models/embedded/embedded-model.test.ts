import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LlamaConfig, saveCheckpoint, type Tensor, tensorShapes } from '../../checkpoint/index.ts'
import type { ChatRequest, Message } from '../../core/agent.ts'
import { createRandom } from '../../core/random.ts'
import { loadChatFormat, STUDENT_CHAT, trainTokenizer, writeTokenizer } from '../../render/index.ts'
import {
  createEmbeddedModel,
  type EmbeddedAnswer,
  type EmbeddedModel,
  type EmbeddedModelOptions,
} from './embedded-model.ts'
import { estimateMemory } from './memory-estimate.ts'

const SENTENCES = [
  'You are in the middle of a room.',
  'go to drawer 1',
  'open drawer 1',
  'On the shelf, you see a mug 1.',
]
let folder: string
let config: LlamaConfig
let tensors: Map<string, Tensor>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'misstep-embedded-'))
  const file = trainTokenizer(SENTENCES, { vocabularySize: 300, specialTokens: STUDENT_CHAT.specialTokens })
  await writeTokenizer(folder, file)
  const tokenizer = (await loadChatFormat(folder)).tokenizer
  config = {
    vocabularySize: tokenizer.vocabularySize,
    hiddenSize: 16,
    layers: 2,
    heads: 6,
    keyValueHeads: 2,
    headSize: 20,
    intermediateSize: 24,
    ropeTheta: 10000,
    normEpsilon: 1e-5,
    contextLength: 200,
    tiedEmbeddings: true,
  }
  const random = createRandom('tiny model')
  tensors = new Map(
    [...tensorShapes(config)].map(([name, shape]): [string, Tensor] => {
      const length = shape.reduce((a, b) => a * b, 1)
      const center = shape.length === 1 ? 1 : 0
      return [name, { shape: [...shape], data: Float32Array.from({ length }, () => center + random.next() - 0.5) }]
    }),
  )
  await saveCheckpoint(join(folder, 'student'), { config, tensors, tokenizerFrom: folder })
  folder = join(folder, 'student')
})
afterAll(() => rm(join(folder, '..'), { recursive: true, force: true }))

/** Room for one whole conversation. */
function tightMemory(): number {
  const { weights, loading, perToken } = estimateMemory(config)
  return weights + Math.max(loading, 200 * perToken)
}

async function withModel<T>(options: EmbeddedModelOptions, work: (model: EmbeddedModel) => Promise<T>): Promise<T> {
  const model = await createEmbeddedModel(folder, { threads: 1, slots: 8, ...options })
  try {
    return await work(model)
  } finally {
    await model.close()
  }
}

const request = (conversation: string, messages: Message[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  conversation,
  messages,
  maxTokens: 7,
  temperature: 0,
  seed: conversation,
  ...more,
})

/** Plays a few turns: each answer is followed by the next sentence. */
async function talk(model: EmbeddedModel, name: string, turns = 3, temperature = 0): Promise<EmbeddedAnswer[]> {
  const random = createRandom(name)
  const messages: Message[] = [{ role: 'user', content: `${random.pick(SENTENCES)} ${name}` }]
  const answers: EmbeddedAnswer[] = []
  for (let turn = 0; turn < turns; turn++) {
    const maxTokens = 1 + random.integer(8)
    answers.push(await model.complete(request(name, messages, { maxTokens, temperature, seed: `${name}/${turn}` })))
    messages.push(
      { role: 'assistant', content: answers.at(-1)!.text },
      { role: 'user', content: random.pick(SENTENCES) },
    )
  }
  return answers
}

describe('the embedded model', () => {
  it('answers what a plain forward pass over the whole conversation gives', async () => {
    const format = await loadChatFormat(folder)
    await withModel({ batchTokens: 16 }, async model => {
      const messages: Message[] = [{ role: 'user', content: SENTENCES.join(' ') }]
      let ids: number[] = []
      for (const content of [SENTENCES[3]!, SENTENCES[0]!, '']) {
        const answer = await model.complete(request('a', messages))
        ids =
          ids.length === 0
            ? format.promptIds(messages)
            : [...ids, ...format.continuationIds(messages.slice(0, -1), messages.slice(-1))]
        expect(answer.tokensIn).toBe(ids.length)
        ids.push(...answer.tokenIds)
        const expected = plainForward(config, tensors, ids.slice(0, -1)).slice(answer.tokensIn - 1)
        expect(answer.tokenIds).toEqual(expected.map(row => row.indexOf(Math.max(...row))))
        answer.tokenIds.forEach((id, i) => {
          expect(answer.logProbabilities[i]).toBeCloseTo(expected[i]![id]!, 4)
        })
        if (answer.finish === 'length') ids.push(format.stopId)
        messages.push({ role: 'assistant', content: answer.text }, { role: 'user', content })
      }
    })
  })

  it('gives the same answers bit for bit alone, together and in any company', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `conversation ${i}`)
    const alone = await withModel({}, async model => {
      const all: EmbeddedAnswer[][] = []
      for (const name of names) all.push(await talk(model, name, 3, 0.8))
      return all
    })
    const together = (options: EmbeddedModelOptions, order: string[]) =>
      withModel(options, async model => {
        const all = await Promise.all(order.map(name => talk(model, name, 3, 0.8)))
        return names.map(name => all[order.indexOf(name)]!)
      })
    expect(await together({ slots: 12 }, names)).toEqual(alone)
    expect(await together({ slots: 12, threads: 3, batchTokens: 5 }, createRandom(1).shuffle(names))).toEqual(alone)
    expect(await together({ slots: 3, threads: 2, batchTokens: 7 }, createRandom(2).shuffle(names))).toEqual(alone)
  })

  it('answers on any device, the processor where there is no other', async () => {
    const [answer] = await withModel({}, model => talk(model, 'a', 1))
    const [elsewhere] = await withModel({ device: 'auto' }, model => talk(model, 'a', 1))
    expect(elsewhere!.text).toBe(answer!.text)
  })

  it('reads only what is new from step to step', async () => {
    await withModel({}, async model => {
      const answers = await talk(model, 'a', 4)
      const last = answers.at(-1)!
      // The very last token has not been read: nothing came after it.
      expect(model.tokensRead).toBe(last.tokensIn + last.tokensOut - 1)
      expect(answers[1]!.tokensIn).toBeGreaterThan(answers[0]!.tokensIn + answers[0]!.tokensOut)
    })
  })

  it('goes back to where a message was replaced, and reads on from there', async () => {
    const start: Message[] = [{ role: 'user', content: SENTENCES[0]! }]
    const follow = (text: string): Message[] => [
      ...start,
      { role: 'assistant', content: text },
      { role: 'user', content: SENTENCES[3]! },
    ]
    await withModel({}, async model => {
      const first = await model.complete(request('a', start))
      const before = model.tokensRead
      const corrected = await model.complete(request('a', follow('go to shelf 1')))
      const read = model.tokensRead - before
      expect(read).toBeLessThan(corrected.tokensIn + corrected.tokensOut - 10)
      expect(await model.complete(request('b', follow('go to shelf 1')))).toEqual(corrected)
      const fresh = await withModel({}, other => other.complete(request('a', follow('go to shelf 1'))))
      expect(fresh).toEqual(corrected)
      // And back again to what the model had said.
      await model.complete(request('c', start))
      const other = await model.complete(request('c', follow(first.text)))
      expect(await model.complete(request('a', follow(first.text)))).toMatchObject({ finish: other.finish })
    })
  })

  it('draws the same tokens for the same seed, and others for another', async () => {
    await withModel({}, async model => {
      const draw = (conversation: string, seed: string) =>
        model.complete(
          request(conversation, [{ role: 'user', content: 'x' }], { temperature: 1.5, seed, maxTokens: 20 }),
        )
      const first = await draw('a', 'seed 1')
      expect(await draw('a', 'seed 1')).toEqual(first)
      expect(await draw('b', 'seed 1')).toEqual(first)
      expect((await draw('c', 'seed 2')).tokenIds).not.toEqual(first.tokenIds)
    })
  })

  it('ends an answer before a stop text, and goes on as if it had said no more', async () => {
    const { tokenizer } = await loadChatFormat(folder)
    await withModel({}, async model => {
      const messages: Message[] = [{ role: 'user', content: SENTENCES[0]! }]
      const whole = await model.complete(request('whole', messages, { maxTokens: 30 }))
      const stops = [...whole.text.matchAll(/[!-~]{1,3}/g)].map(([stop]) => stop).slice(0, 6)
      expect(new Set(stops.map(stop => stop.length)).size).toBeGreaterThan(1)
      for (const stop of stops) {
        const cut = await model.complete(request(stop, messages, { maxTokens: 30, stop: ['never said', stop] }))
        expect(cut.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)))
        expect(cut.finish).toBe('stop')
        expect(cut.tokenIds).toEqual(whole.tokenIds.slice(0, cut.tokenIds.length))
        // As after an answer that had no room for more; where a token reaches into the stop text, as after any text.
        const counts = cut.tokenIds.map((_, i) => cut.tokenIds.length - i)
        const kept = counts.find(count => tokenizer.decode(cut.tokenIds.slice(0, count)) === cut.text)
        const next: Message[] = [...messages, { role: 'assistant', content: cut.text }, { role: 'user', content: 'x' }]
        const expected = await withModel({}, async other => {
          if (kept) await other.complete(request('other', messages, { maxTokens: kept }))
          return other.complete(request('other', next))
        })
        expect(await model.complete(request(stop, next))).toEqual(expected)
      }
      const unstopped = await model.complete(request('other', messages, { maxTokens: 30, stop: ['never said'] }))
      expect(unstopped).toEqual(whole)
      await expect(model.complete(request('other', messages, { stop: [''] }))).rejects.toThrow(/stop text/)
    })
  })

  it('ends an answer with the choice that a plain forward pass finds likeliest, whatever else it does', async () => {
    const format = await loadChatFormat(folder)
    const texts = ['go to drawer 1', 'go to drawer 3', 'go to shelf 5', 'go to drawer 8', 'go to drawer 1']
    const choices = { after: 'Action: ', texts }
    const messages: Message[] = [{ role: 'user', content: SENTENCES[0]! }]
    const ask = (name: string) =>
      request(name, [{ role: 'user', content: `${SENTENCES[0]} ${name}` }], { choices, temperature: 3 })
    const names = Array.from({ length: 6 }, (_, i) => `conversation ${i}`)
    const alone = await withModel({}, async model => {
      const answer = await model.complete(request('a', messages, { choices }))
      const free = answer.text.slice(0, -`\nAction: ${answer.choice}`.length)
      expect(answer).toMatchObject({ finish: 'stop', text: `${free}\nAction: ${answer.choice}` })
      const prompt = format.promptIds(messages)
      const scores = texts.map(text => {
        const ids = [...prompt, ...format.tokenizer.encode(`${free}\nAction: ${text}`), format.stopId]
        const rows = plainForward(config, tensors, ids.slice(0, -1))
        return ids.slice(prompt.length).reduce((sum, id, i) => sum + rows[prompt.length - 1 + i]![id]!, 0)
      })
      expect(texts[scores.indexOf(Math.max(...scores))]).toBe(answer.choice)
      // What follows is as after any answer of these words.
      const next: Message[] = [...messages, { role: 'assistant', content: answer.text }, { role: 'user', content: 'x' }]
      const other = await withModel({}, fresh => fresh.complete(request('other', next)))
      expect((await model.complete(request('a', next))).text).toBe(other.text)
      const all = []
      for (const name of names) all.push(await model.complete(ask(name)))
      return all
    })
    expect(new Set(alone.map(answer => answer.choice)).size).toBeGreaterThan(1)
    for (const options of [
      { slots: 1, batchTokens: 5 },
      { slots: 6, threads: 2, memory: tightMemory() },
    ]) {
      const together = await withModel(options, model => Promise.all(names.map(name => model.complete(ask(name)))))
      expect(together).toEqual(alone)
    }
  })

  it('draws choices by how likely they are, the same for the same seed, and says where there is no room', async () => {
    const messages: Message[] = [{ role: 'user', content: 'x' }]
    const choices = { after: 'Action: ', texts: ['a', 'b'] }
    await withModel({}, async model => {
      const draw = (i: number) => model.complete(request(`${i}`, messages, { choices, temperature: 3, maxTokens: 1 }))
      const drawn = await Promise.all(Array.from({ length: 40 }, (_, i) => draw(i)))
      expect(new Set(drawn.map(answer => answer.choice))).toEqual(new Set(['a', 'b']))
      expect(await model.complete(request('7', messages, { choices, temperature: 3, maxTokens: 1 }))).toEqual(drawn[7])
      const long = { after: 'Action: ', texts: ['a', SENTENCES.join(' ').repeat(10)] }
      const cut = await model.complete(request('long', messages, { choices: long }))
      expect(cut).toMatchObject({ overflow: true })
      expect(cut).not.toHaveProperty('choice')
      await expect(model.complete(request('none', messages, { choices: { after: 'A', texts: [] } }))).rejects.toThrow(
        /Choices/,
      )
    })
  })

  it('reads what several conversations begin with once, and it changes nothing', async () => {
    const opening = Array.from({ length: 90 }, (_, i) => SENTENCES[i % 4]![i % 9]).join('')
    const conversation = (end: string): Message[] => [{ role: 'user', content: `${opening} ${end}` }]
    await withModel({}, async model => {
      await model.complete(request('a', conversation('mug')))
      const before = model.tokensRead
      const answer = await model.complete(request('b', conversation('shelf')))
      expect(model.tokensRead - before).toBe(answer.tokensIn + answer.tokensOut - 1 - 64)
      expect(await withModel({}, other => other.complete(request('b', conversation('shelf'))))).toEqual(answer)
      // The first goes back to before the end of what they share; the second does not notice.
      await model.complete(request('a', [{ role: 'user', content: opening.slice(0, 40) }]))
      const next: Message[] = [
        ...conversation('shelf'),
        { role: 'assistant', content: answer.text },
        { role: 'user', content: 'x' },
      ]
      const expected = await withModel({}, async other => {
        await other.complete(request('b', conversation('shelf')))
        return other.complete(request('b', next))
      })
      expect(await model.complete(request('b', next))).toEqual(expected)
    })
  })

  it('gives the same answers where memory is too small for all conversations at once', async () => {
    const names = Array.from({ length: 6 }, (_, i) => `conversation ${i}`)
    const roomy = await withModel({}, model => Promise.all(names.map(name => talk(model, name, 4, 0.8))))
    const tight = await withModel({ memory: tightMemory() }, model =>
      Promise.all(names.map(name => talk(model, name, 4, 0.8))),
    )
    expect(tight).toEqual(roomy)
  })

  it('says when a conversation fills the context, and goes on living', async () => {
    await withModel({}, async model => {
      const long: Message[] = [{ role: 'user', content: SENTENCES.join(' ').repeat(10) }]
      expect(await model.complete(request('a', long))).toMatchObject({ text: '', finish: 'length', overflow: true })
      const answers = await talk(model, 'b', 14)
      const cut = answers.findIndex(answer => answer.overflow)
      expect(cut).toBeGreaterThan(2)
      for (const answer of answers.slice(cut)) expect(answer).toMatchObject({ finish: 'length', overflow: true })
      for (const answer of answers) expect(answer.tokensIn).toBeLessThan(400)
      expect(await model.complete(request('a', [{ role: 'user', content: 'x' }]))).not.toHaveProperty('overflow')
    })
  })

  it('forgets a conversation, also in the middle of its answer', async () => {
    await withModel({ slots: 1 }, async model => {
      const messages: Message[] = [{ role: 'user', content: 'x' }]
      const pending = model.complete(request('a', messages))
      model.forget?.('a')
      const first = await pending
      expect(await model.complete(request('a', messages))).toEqual(first)
      model.forget?.('a')
      model.forget?.('never heard of')
      expect(await model.complete(request('b', messages))).toEqual(first)
    })
  })

  it('rejects what is under way when it is closed, and everything after', async () => {
    const model = await createEmbeddedModel(folder, { threads: 2, slots: 2 })
    const pending = ['a', 'b', 'c'].map(name =>
      model.complete(request(name, [{ role: 'user', content: 'x' }], { maxTokens: 150 })).catch(error => error),
    )
    await new Promise(resolve => setTimeout(resolve, 5))
    await model.close()
    for (const error of await Promise.all(pending)) expect(error).toMatchObject({ code: 'interrupted' })
    await expect(model.complete(request('d', [{ role: 'user', content: 'x' }]))).rejects.toMatchObject({
      code: 'interrupted',
    })
    await model.close()
  })

  it('refuses requests that make no sense', async () => {
    await withModel({}, async model => {
      const messages: Message[] = [{ role: 'user', content: 'x' }]
      const refused: [ChatRequest, RegExp][] = [
        [request('a', []), /ends with a message/],
        [request('a', [{ role: 'assistant', content: 'x' }]), /ends with a message/],
        [request('a', messages, { maxTokens: 0 }), /maxTokens.*0/],
        [request('a', messages, { temperature: -1 }), /temperature.*-1/],
        [request('a', messages, { temperature: Number.NaN }), /temperature/],
      ]
      for (const [bad, message] of refused) await expect(model.complete(bad)).rejects.toThrow(message)
      const first = model.complete(request('a', messages))
      await expect(model.complete(request('a', messages))).rejects.toThrow(/being answered/)
      await first
    })
  })
})

describe('a checkpoint that cannot be run', () => {
  it('is refused with the reason', async () => {
    const wrong = join(folder, '..', 'wrong')
    const vocabularySize = config.vocabularySize - 1
    const shape = [vocabularySize, config.hiddenSize]
    const data = tensors.get('model.embed_tokens.weight')!.data.slice(0, -config.hiddenSize)
    const cut = new Map(tensors).set('model.embed_tokens.weight', { shape, data })
    await saveCheckpoint(wrong, { config: { ...config, vocabularySize }, tensors: cut, tokenizerFrom: folder })
    await expect(createEmbeddedModel(wrong)).rejects.toThrow(/more tokens than the model/)
    await expect(createEmbeddedModel(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'model' })
    await expect(createEmbeddedModel(folder, { memory: 1000 })).rejects.toThrow(
      /needs 0\.0 GB of memory; 0\.0 GB are free\n.*a conversation of 200 tokens/,
    )
  })
})

/** The log-probabilities of what follows each token, computed the plain way: the whole sequence, one number at a time. */
function plainForward(config: LlamaConfig, tensors: Map<string, Tensor>, ids: readonly number[]): number[][] {
  const { hiddenSize, layers, heads, keyValueHeads, headSize } = config
  const weight = (name: string) => tensors.get(name)!.data
  const linear = (matrix: Float32Array, x: number[]) =>
    Array.from({ length: matrix.length / x.length }, (_, row) =>
      x.reduce((sum, value, i) => sum + value * matrix[row * x.length + i]!, 0),
    )
  const normalise = (scale: Float32Array, x: number[]) => {
    const mean = x.reduce((sum, value) => sum + value * value, 0) / x.length
    return x.map((value, i) => (value / Math.sqrt(mean + config.normEpsilon)) * scale[i]!)
  }
  const turn = (head: number[], position: number) =>
    head.map((value, i) => {
      const half = headSize / 2
      const angle = position / config.ropeTheta ** ((2 * (i % half)) / headSize)
      return value * Math.cos(angle) + (i < half ? -head[i + half]! : head[i - half]!) * Math.sin(angle)
    })
  const headsOf = (x: number[], count: number) =>
    Array.from({ length: count }, (_, head) => x.slice(head * headSize, (head + 1) * headSize))
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  const plus = (a: number[], b: number[]) => a.map((value, i) => value + b[i]!)

  const embeddings = weight('model.embed_tokens.weight')
  let rows = ids.map(id => [...embeddings.subarray(id * hiddenSize, (id + 1) * hiddenSize)])
  for (let layer = 0; layer < layers; layer++) {
    const own = (name: string) => weight(`model.layers.${layer}.${name}.weight`)
    const normal = rows.map(row => normalise(own('input_layernorm'), row))
    const project = (name: string, count: number) =>
      normal.map(row => headsOf(linear(own(`self_attn.${name}`), row), count))
    const queries = project('q_proj', heads).map((row, at) => row.map(head => turn(head, at)))
    const keys = project('k_proj', keyValueHeads).map((row, at) => row.map(head => turn(head, at)))
    const values = project('v_proj', keyValueHeads)
    rows = rows.map((row, at) => {
      const attended = queries[at]!.flatMap((query, head) => {
        const shared = Math.floor(head / (heads / keyValueHeads))
        const weights = keys.slice(0, at + 1).map(key => Math.exp(dot(query, key[shared]!) / Math.sqrt(headSize)))
        const sum = weights.reduce((a, b) => a + b, 0)
        return query.map(
          (_, i) =>
            dot(
              weights,
              values.slice(0, at + 1).map(value => value[shared]![i]!),
            ) / sum,
        )
      })
      const middle = plus(row, linear(own('self_attn.o_proj'), attended))
      const inner = normalise(own('post_attention_layernorm'), middle)
      const gate = linear(own('mlp.gate_proj'), inner).map(value => value / (1 + Math.exp(-value)))
      const up = linear(own('mlp.up_proj'), inner)
      return plus(
        middle,
        linear(
          own('mlp.down_proj'),
          gate.map((value, i) => value * up[i]!),
        ),
      )
    })
  }
  return rows.map(row => {
    const logits = linear(embeddings, normalise(weight('model.norm.weight'), row))
    const largest = Math.max(...logits)
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0)
    return logits.map(logit => logit - largest - Math.log(sum))
  })
}
