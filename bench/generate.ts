/**
 * How fast the embedded student plays: many episodes at once, each step an observation in and an answer out, with the
 * key/value cache kept from step to step, against reading the whole conversation again at each step.
 * The last line is one JSON object. `MISSTEP_BENCH_EPISODES` and `MISSTEP_BENCH_STEPS` change the workload.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LlamaConfig, saveCheckpoint } from '../src/checkpoint/index.ts'
import type { Message } from '../src/core/agent.ts'
import { createRandom } from '../src/core/random.ts'
import { createEmbeddedModel, type EmbeddedModel } from '../src/models/index.ts'
import { loadChatFormat, STUDENT_CHAT, trainTokenizer, writeTokenizer } from '../src/render/index.ts'
import { initialTensors } from '../src/train/embedded/initialise.ts'

const episodes = Number(process.env.MISSTEP_BENCH_EPISODES ?? 64)
const steps = Number(process.env.MISSTEP_BENCH_STEPS ?? 36)
const answerTokens = 20
const observationTokens = 20
const openingTokens = 200

const folder = await mkdtemp(join(tmpdir(), 'misstep-bench-'))
try {
  const student = await writeStudent(folder)
  const format = await loadChatFormat(student)
  const random = createRandom('bench')
  /** Numbers, each of them one token. */
  const sentence = (tokens: number) => {
    let text = ''
    for (let i = 0; i < tokens; i++) text += ` ${random.integer(10)}`
    return text
  }
  const perToken = 50 / format.tokenizer.encode(sentence(50)).length
  const say = (tokens: number): Message => ({ role: 'user', content: sentence(Math.round(tokens * perToken)) })
  const conversations = Array.from({ length: episodes }, () => [say(openingTokens)])
  const model = await createEmbeddedModel(student, { slots: episodes })

  const answerAll = async (model: EmbeddedModel, until: number) =>
    Promise.all(
      conversations.map(async (all, i) => {
        const messages = all.slice(0, until)
        const request = { messages, conversation: `${i}`, maxTokens: answerTokens, temperature: 0, seed: '' }
        return model.complete(request)
      }),
    )

  // Each episode goes on by itself, as in play.
  const playEpisode = async (messages: Message[], i: number) => {
    for (let step = 0; step < steps; step++) {
      const request = { messages, conversation: `${i}`, maxTokens: answerTokens, temperature: 0, seed: '' }
      const { text } = await model.complete(request)
      messages.push({ role: 'assistant', content: text }, say(observationTokens))
    }
  }
  const start = performance.now()
  const startTime = process.cpuUsage()
  await Promise.all(conversations.map(playEpisode))
  const seconds = (performance.now() - start) / 1000
  const used = process.cpuUsage(startTime)
  const processorSeconds = (used.user + used.system) / 1e6
  const tokens = model.tokensRead
  const length = format.promptIds(conversations[0]!).length
  console.log(`${episodes} episodes of ${steps} steps, up to ${length} tokens each, ${availableParallelism()} cores`)
  console.log(`with the cache: ${tokens} tokens in ${seconds.toFixed(1)} s, ${(tokens / seconds).toFixed(0)} tokens/s`)
  console.log(
    `  ${processorSeconds.toFixed(1)} s of processor time, ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`,
  )

  // Four of the steps stand for all.
  let again = 0
  const samples = [0.125, 0.375, 0.625, 0.875].map(share => Math.floor(share * steps))
  for (const step of samples) {
    for (let i = 0; i < episodes; i++) model.forget?.(`${i}`)
    const start = performance.now()
    await answerAll(model, 1 + 2 * step)
    again += ((performance.now() - start) / 1000) * (steps / samples.length)
  }
  await model.close()
  console.log(
    `without: ${again.toFixed(1)} s for the same tokens (from four steps), ${(tokens / again).toFixed(0)} tokens/s`,
  )
  console.log(`ratio: ${(again / seconds).toFixed(1)}`)
  const figures = {
    bench: 'generate',
    episodes,
    steps,
    longest: length,
    tokens,
    seconds,
    processorSeconds,
    tokensPerSecond: Math.round(tokens / seconds),
    secondsWithoutCache: again,
    ratio: again / seconds,
    megabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
  }
  console.log(JSON.stringify(figures))
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function writeStudent(folder: string): Promise<string> {
  const digits = Array.from({ length: 100 }, (_, i) => ` ${i % 10} ${i}`).join('')
  const file = trainTokenizer([digits], { vocabularySize: 400, specialTokens: STUDENT_CHAT.specialTokens })
  await writeTokenizer(folder, file)
  const config: LlamaConfig = {
    vocabularySize: 1536,
    hiddenSize: 128,
    layers: 5,
    heads: 4,
    keyValueHeads: 2,
    headSize: 32,
    intermediateSize: 384,
    ropeTheta: 10_000,
    normEpsilon: 1e-5,
    contextLength: 2048,
    tiedEmbeddings: true,
  }
  const student = join(folder, 'student')
  const tensors = initialTensors(config, 1)
  // The tokenizer knows fewer tokens than the model: those that it does not know are never the likeliest.
  const embeddings = tensors.get('model.embed_tokens.weight')!.data
  const known = (await loadChatFormat(folder)).tokenizer.vocabularySize
  embeddings.fill(0, known * config.hiddenSize)
  await saveCheckpoint(student, { config, tensors, tokenizerFrom: folder })
  return student
}
