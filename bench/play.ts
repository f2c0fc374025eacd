/**
 * Whether the loop keeps a model busy: many episodes at once against a model on loopback that answers in 200 ms. What is
 * ideal is that each step takes just those 200 ms. Beside it, in the same run, a bare HTTP client (undici's pool, nothing
 * else) sends as many requests of the same size: what any program could reach on this machine now. The model runs in a
 * process of its own; what it takes of the cores is told as well.
 *
 * The last line is one JSON object. `MISSTEP_BENCH_EPISODES` (20,000: the second in which the first thousand start is not
 * to decide), `MISSTEP_BENCH_AT_ONCE` (1000) and `MISSTEP_BENCH_STEPS` (25) change the workload; with
 * `MISSTEP_BENCH_OUTAGE` the model dies after a third of it for so many seconds, and nothing may be lost.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { createChatAgent } from '../src/agents/index.ts'
import { createHouseholds } from '../src/environments/households/environment.ts'
import { createEndpointModel } from '../src/models/index.ts'
import { play } from '../src/play/play.ts'

const episodes = Number(process.env.MISSTEP_BENCH_EPISODES ?? 20_000)
const atOnce = Number(process.env.MISSTEP_BENCH_AT_ONCE ?? 1000)
const stepLimit = Number(process.env.MISSTEP_BENCH_STEPS ?? 25)
const outageSeconds = Number(process.env.MISSTEP_BENCH_OUTAGE ?? 0)
const answerMilliseconds = 200
/** Milliseconds between two looks at the event loop. */
const resolution = 2

interface Used {
  requests: number
  bytes: number
  processorMicroseconds: number
}

async function startModel(port = 0): Promise<{ child: ChildProcess; port: number }> {
  const file = fileURLToPath(new URL('loopback-model.mjs', import.meta.url))
  const child = fork(file, [`${port}`, `${answerMilliseconds}`])
  const [told] = (await once(child, 'message')) as [{ port: number }]
  return { child, port: told.port }
}

async function usedBy(child: ChildProcess): Promise<Used> {
  child.send('used')
  const [used] = (await once(child, 'message')) as [Used]
  return used
}

/** Runs `work`, which makes so many requests, and says how near it came to the ideal and what it took. */
async function measure(child: () => ChildProcess, work: () => Promise<number>) {
  const before = await usedBy(child())
  const loop = monitorEventLoopDelay({ resolution })
  loop.enable()
  const processor = process.cpuUsage()
  const start = performance.now()
  const requests = await work()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(processor)
  loop.disable()
  const after = await usedBy(child())
  const idealSeconds = (requests * answerMilliseconds) / 1000 / Math.min(atOnce, episodes)
  // A model that has died takes its figures with it.
  const served = after.requests - before.requests
  return {
    requests,
    seconds,
    idealSeconds,
    shareOfIdeal: idealSeconds / seconds,
    requestsPerSecond: Math.round(requests / seconds),
    processorMicroseconds: Math.round((user + system) / requests),
    modelProcessorMicroseconds: Math.round((after.processorMicroseconds - before.processorMicroseconds) / served),
    meanBytes: Math.round((after.bytes - before.bytes) / served),
    longestBlockMilliseconds: Math.round(loop.max / 1e6 - resolution),
  }
}

async function playAll(): Promise<number> {
  let steps = 0
  let death: Promise<void> | undefined
  for await (const trajectory of play({ environment, tasks, agent, stepLimit, episodesAtOnce: atOnce })) {
    done++
    steps += trajectory.steps.length
    if (outageSeconds > 0 && done >= episodes / 3) death ??= die()
  }
  await death
  return steps
}

async function die(): Promise<void> {
  server.child.kill('SIGKILL')
  await new Promise(resolve => setTimeout(resolve, outageSeconds * 1000))
  server = await startModel(server.port)
}

/** As a user of the pool would write it, with not a thing around it. */
async function askBarely(requests: number, bytes: number): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${server.port}`, { connections: atOnce })
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const body = JSON.stringify({ content: 'a'.repeat(Math.max(0, bytes - 14)) })
  const ask = () =>
    new Promise<unknown>((resolve, reject) => {
      let text = ''
      pool.dispatch(
        { path: '/v1/chat/completions', method: 'POST', headers, body },
        {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData: (_, chunk) => {
            text += chunk.toString()
          },
          onResponseEnd: () => resolve(JSON.parse(text)),
          onResponseError: (_, error) => reject(error),
        },
      )
    })
  let left = requests
  const askOn = async () => {
    while (left-- > 0) await ask()
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, episodes) }, askOn))
  await pool.destroy()
  return requests
}

let done = 0
let server = await startModel()
const url = `http://127.0.0.1:${server.port}/v1`
const model = await createEndpointModel({ url, model: 'loopback', requestsAtOnce: atOnce })
const environment = createHouseholds({ tasks: episodes })
const tasks = await environment.tasks('train')
const prompt = 'You are in a household and solve a task there, one command at a time.'
const agent = createChatAgent({ model, prompt })
try {
  const loop = await measure(() => server.child, playAll)
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024)
  const bare = await measure(
    () => server.child,
    () => askBarely(loop.requests, loop.meanBytes),
  )
  const cores = availableParallelism()
  console.log(`${done} of ${episodes} episodes of at most ${stepLimit} steps, ${atOnce} at once, ${cores} cores`)
  for (const [name, figures] of Object.entries({ 'the loop': loop, 'a bare client': bare })) {
    console.log(
      `${name.padEnd(14)} ${figures.requestsPerSecond} requests/s, ${(100 * figures.shareOfIdeal).toFixed(1)}% of the ideal; ` +
        `${figures.processorMicroseconds} µs of processor time a request, and ${figures.modelProcessorMicroseconds} µs of ` +
        `the model; the event loop blocked for at most ${figures.longestBlockMilliseconds} ms`,
    )
  }
  const shareOfBare = loop.requestsPerSecond / bare.requestsPerSecond
  console.log(`the loop reaches ${(100 * shareOfBare).toFixed(1)}% of the bare client, in ${megabytes} MB`)
  const sentAgain = model.spent().retries
  console.log(
    JSON.stringify({
      bench: 'play',
      episodes: done,
      atOnce,
      cores,
      megabytes,
      shareOfBare,
      outageSeconds,
      sentAgain,
      loop,
      bare,
    }),
  )
  if (done !== episodes) process.exitCode = 1
} finally {
  await model.close()
  server.child.kill('SIGKILL')
}
