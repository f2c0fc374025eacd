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
import { createEmbeddedModel } from '../src/models/index.ts'
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

  const answer = (messages: readonly Message[], i: number) =>
    model.complete({ messages, conversation: `${i}`, maxTokens: answerTokens, temperature: 0, seed: '' })

  let longest = 0
  // Each episode goes on by itself, as in play.
  const playEpisode = async (messages: Message[], i: number) => {
    for (let step = 0; step < steps; step++) {
      const { text, tokensIn, tokensOut } = await answer(messages, i)
      longest = Math.max(longest, tokensIn + tokensOut)
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
  console.log(`${episodes} episodes of ${steps} steps, up to ${longest} tokens each, ${availableParallelism()} cores`)
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
    await Promise.all(conversations.map((messages, i) => answer(messages.slice(0, 1 + 2 * step), i)))
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
    longest,
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
  // Only numbers are ever the likeliest: answers of a fixed length, whose text gives the same number of tokens again.
  const embeddings = tensors.get('model.embed_tokens.weight')!.data
  const numbers = new Set((await loadChatFormat(folder)).tokenizer.encode(digits))
  for (let id = 0; id < config.vocabularySize; id++) {
    if (!numbers.has(id)) embeddings.fill(0, id * config.hiddenSize, (id + 1) * config.hiddenSize)
  }
  await saveCheckpoint(student, { config, tensors, tokenizerFrom: folder })
  return student
}
