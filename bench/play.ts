/**
 * Whether the loop keeps a model busy: many episodes at once against a model on loopback that answers in 200 ms. What is
 * ideal is that each step takes just those 200 ms. The model runs in a process of its own.
 *
 * The last line is one JSON object. `MISSTEP_BENCH_EPISODES` (2000), `MISSTEP_BENCH_AT_ONCE` (1000) and
 * `MISSTEP_BENCH_STEPS` (25) change the workload; with `MISSTEP_BENCH_OUTAGE` the model dies after a third of it for so
 * many seconds, and nothing may be lost.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createChatAgent } from '../src/agents/index.ts'
import { createHouseholds } from '../src/environments/households/environment.ts'
import { createEndpointModel } from '../src/models/index.ts'
import { play } from '../src/play/play.ts'

const episodes = Number(process.env.MISSTEP_BENCH_EPISODES ?? 2000)
const atOnce = Number(process.env.MISSTEP_BENCH_AT_ONCE ?? 1000)
const steps = Number(process.env.MISSTEP_BENCH_STEPS ?? 25)
const outage = Number(process.env.MISSTEP_BENCH_OUTAGE ?? 0)
const answerMilliseconds = 200
/** Milliseconds between two looks at the event loop. */
const resolution = 2

/** Answers each request after a while, whatever it says. */
const SERVER = `
const http = require('node:http')
const [port, delay] = process.argv.slice(1).map(Number)
const answer = Buffer.from(JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content: 'Thought: I look around.\\nAction: look' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 300, completion_tokens: 12 },
}))
const server = http.createServer((request, response) => {
  request.resume()
  request.on('end', () => setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
    response.end(answer)
  }, delay))
})
server.keepAliveTimeout = 60000
server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => console.log(server.address().port))
`

async function startModel(port: number): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, ['-e', SERVER, `${port}`, `${answerMilliseconds}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return { child, port: Number(line.toString()) }
}

let { child, port } = await startModel(0)
const environment = createHouseholds({ tasks: episodes })
const tasks = await environment.tasks('train')
const model = await createEndpointModel({
  url: `http://127.0.0.1:${port}/v1`,
  model: 'loopback',
  requestsAtOnce: atOnce,
})
const agent = createChatAgent({
  model,
  prompt: 'You are in a household and solve a task there, one command at a time.',
})
try {
  const loop = monitorEventLoopDelay({ resolution })
  loop.enable()
  const start = performance.now()
  const used = process.cpuUsage()
  let done = 0
  let dead: Promise<void> | undefined
  let played = 0
  for await (const trajectory of play({ environment, tasks, agent, stepLimit: steps, episodesAtOnce: atOnce })) {
    done++
    played += trajectory.steps.length
    if (outage > 0 && done >= episodes / 3) dead ??= die()
  }
  await dead
  const seconds = (performance.now() - start) / 1000
  loop.disable()
  const { user, system } = process.cpuUsage(used)
  const ideal = (played * answerMilliseconds) / 1000 / Math.min(atOnce, episodes)
  const figures = {
    bench: 'play',
    episodes: done,
    atOnce,
    steps: played,
    seconds,
    idealSeconds: ideal,
    shareOfIdeal: ideal / seconds,
    stepsPerSecond: Math.round(played / seconds),
    processorMicrosecondsPerStep: Math.round((user + system) / played),
    longestBlockMilliseconds: Math.round(loop.max / 1e6 - resolution),
    megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    requests: model.spent().requests,
    requestsSentAgain: model.spent().retries,
    outageSeconds: outage,
    cores: availableParallelism(),
  }
  console.log(`${done} of ${episodes} episodes of ${steps} steps, ${atOnce} at once, ${figures.cores} cores`)
  console.log(`${seconds.toFixed(1)} s; ideal ${ideal.toFixed(1)} s: ${(100 * figures.shareOfIdeal).toFixed(1)}%`)
  console.log(
    `longest block of the event loop ${figures.longestBlockMilliseconds} ms, ${figures.megabytes} MB, ` +
      `${figures.processorMicrosecondsPerStep} µs of processor time a step`,
  )
  console.log(JSON.stringify(figures))
  if (done !== episodes) process.exitCode = 1
} finally {
  await model.close()
  child.kill('SIGKILL')
}

async function die(): Promise<void> {
  child.kill('SIGKILL')
  await new Promise(resolve => setTimeout(resolve, outage * 1000))
  child = (await startModel(port)).child
}
