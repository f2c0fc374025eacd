/**
 * How fast the WebShop engine plays in text mode, how long it takes to open, and how little an open session takes; beside
 * the original (a checkout named by `MISSTEP_WEBSHOP`, run by `MISSTEP_PYTHON` or `python3`) on the same goals and
 * actions, comparing every page. The last line is one JSON object.
 *
 * Products: the original's small set in `MISSTEP_TEST_DATA` or `../shared/data`; without it, a made-up shop of 1,000.
 * @module
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import { createRandom, type Random } from '../src/core/random.ts'
import { act } from '../src/environments/webshop/act.ts'
import { admissibleActions } from '../src/environments/webshop/admissible.ts'
import { clickables } from '../src/environments/webshop/clickables.ts'
import { openWebshop } from '../src/environments/webshop/open-webshop.ts'
import { type ObservationMode, observe } from '../src/environments/webshop/pages/observe.ts'
import { openSession, type Session } from '../src/environments/webshop/session.ts'
import type { Shop } from '../src/environments/webshop/shop.ts'
import { median } from '../test/kit/median.ts'

const data = join(process.env.MISSTEP_TEST_DATA ?? '../shared/data', 'webshop')
const hasData = existsSync(data)
const stepsPerEpisode = 15
const episodesBeside = 12

const seconds = (action: () => void) => {
  const start = performance.now()
  action()
  return (performance.now() - start) / 1000
}

/** Searches for some words of the instruction, and clicks at random; a purchase ends the episode. */
function chooseAction(shop: Shop, session: Session, random: Random): string {
  if (session.view === 'start' || random.chance(0.1)) {
    const words = session.goal.instruction.split(/[\s,]+/).slice(2, 2 + random.pick([3, 5, 8]))
    return `search[${words.join(' ').replace(/[[\]]/g, '')}]`
  }
  return random.pick(admissibleActions(shop, session))
}

/** Plays an episode; `visit` is told every action and the session after it. */
function playEpisode(shop: Shop, random: Random, visit: (action: string, session: Session) => void): number {
  const index = random.integer(shop.goals.length)
  let session = openSession(String(index), shop.goals[index]!, index)
  for (let step = 0; step < stepsPerEpisode && session.view !== 'done'; step++) {
    const action = chooseAction(shop, session, random)
    session = act(shop, session, action).session
    visit(action, session)
  }
  return index
}

/**
 * Steps a second, with observation and admissible actions after every step: by the clock, and by the processor time
 * spent (all threads, collecting garbage included), which says the same when other work shares the machine.
 */
function measureSteps(shop: Shop, mode: ObservationMode, rounds: number): { clock: number; processor: number } {
  const random = createRandom('bench webshop')
  const rates: number[] = []
  const processorRates: number[] = []
  for (let round = 0; round < rounds; round++) {
    let steps = 0
    const before = process.cpuUsage()
    const taken = seconds(() => {
      for (let episode = 0; episode < 200; episode++) {
        playEpisode(shop, random, (_, session) => {
          observe(shop, session, mode)
          admissibleActions(shop, session)
          steps++
        })
      }
    })
    rates.push(steps / taken)
    const { user, system } = process.cpuUsage(before)
    processorRates.push((steps * 1e6) / (user + system))
  }
  return { clock: median(rates), processor: median(processorRates) }
}

/** Bytes that one open session takes when 5,000 are open, each some steps old. */
async function measureMemory(shop: Shop): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = async () => {
    collect()
    // What lies outside the heap is given back only some time after.
    await setTimeout(100)
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const random = createRandom('bench webshop memory')
  const before = await used()
  const open: Session[] = []
  while (open.length < 5000) {
    let last: Session | undefined
    playEpisode(shop, random, (_, session) => {
      if (session.view !== 'done') last = session
    })
    open.push(last!)
  }
  const bytes = ((await used()) - before) / open.length
  return open.at(-1)!.view === 'start' ? 0 : bytes
}

interface Original {
  load: number
  /** Modules of the original that were stood in for. */
  stubs: string[]
  episodes: { opening: string; steps: [text: string, names: string[], done: boolean, seconds: number][] }[]
}

/** What the original and we play: goals, actions, and what our search found, for where the original has none. */
function chooseEpisodes(shop: Shop) {
  const random = createRandom('bench webshop beside')
  const hits: Record<string, readonly string[]> = {}
  const episodes = Array.from({ length: episodesBeside }, () => {
    const actions: string[] = []
    const goal = playEpisode(shop, random, (action, { view, query, hits: found }) => {
      actions.push(action)
      if (view === 'results') hits[query] = found
    })
    return { goal, actions }
  })
  return { hits, episodes }
}

async function playOriginal(jobs: object): Promise<Original | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'misstep-bench-'))
  try {
    const paths: Record<string, string> = {}
    for (const [key, start] of Object.entries({
      items: 'items_shuffle',
      attributes: 'items_ins_v2',
      human: 'items_human',
    })) {
      const name = (await readdir(data)).find(each => each.startsWith(start))!
      const bytes = await readFile(join(data, name))
      paths[key] = join(folder, `${key}.json`)
      await writeFile(paths[key], name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    }
    await writeFile(join(folder, 'jobs.json'), JSON.stringify({ ...jobs, ...paths, seed: 0 }))
    const checkout = process.env.MISSTEP_WEBSHOP
    if (!checkout) throw new Error('MISSTEP_WEBSHOP names no checkout of princeton-nlp/WebShop')
    const script = new URL('webshop-original.py', import.meta.url).pathname
    const python = process.env.MISSTEP_PYTHON ?? 'python3'
    const source = process.env.MISSTEP_BENCH_WEBSHOP ?? script
    await promisify(execFile)(python, [source, checkout, join(folder, 'jobs.json'), join(folder, 'results.json')], {
      maxBuffer: 1 << 26,
    })
    return JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'))
  } catch (error) {
    console.log(`The original is left out: ${(error as Error).message.trim().split('\n').at(-1)}`)
    return undefined
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Plays in ours what the original played; the number of pages and lists of names that differ. */
function countDifferences(shop: Shop, episodes: readonly { goal: number; actions: string[] }[], original: Original) {
  const unscored = (page: string) => page.replace(/(max 1\.0\) \[SEP\] )[\d.e-]+/, '$1')
  let compared = 0
  let differences = 0
  const compare = (expected: unknown, actual: unknown) => {
    compared++
    if (JSON.stringify(expected) !== JSON.stringify(actual)) differences++
  }
  for (const [index, { goal, actions }] of episodes.entries()) {
    let session = openSession(String(goal), shop.goals[goal]!, goal)
    compare(original.episodes[index]!.opening, observe(shop, session, 'text'))
    for (const [step, action] of actions.entries()) {
      session = act(shop, session, action).session
      const [text, names, done] = original.episodes[index]!.steps[step]!
      const page = unscored(observe(shop, session, 'text'))
      compare([unscored(text), names, done], [page, [...clickables(shop, session).keys()], session.view === 'done'])
    }
  }
  return { compared, differences }
}

const start = performance.now()
const { shop } = await openWebshop(hasData ? { catalogue: data } : {})
shop.search.search('shoes')
const openSeconds = (performance.now() - start) / 1000
console.log(
  `${hasData ? 'small set of the original' : 'made-up shop (no data of the original here)'}: ${shop.products.size} products, ${shop.goals.length} goals`,
)
console.log(`open, with search index and goals: ${openSeconds.toFixed(2)} s`)

const text = measureSteps(shop, 'text', 9)
console.log(
  `steps in text mode, with admissible actions: ${text.clock.toFixed(0)} a second, ${text.processor.toFixed(0)} a second of processor time`,
)
const html = measureSteps(shop, 'html', 3)
console.log(`steps in html mode: ${html.clock.toFixed(0)} a second, ${html.processor.toFixed(0)} of processor time`)
const bytesPerSession = await measureMemory(shop)
console.log(`memory of an open session, 5,000 open: ${(bytesPerSession / 1024).toFixed(1)} kB`)

const report: Record<string, unknown> = {
  bench: 'webshop',
  products: hasData ? 'small set' : 'made up',
  openSeconds,
  stepsPerSecond: text.clock,
  stepsPerProcessorSecond: text.processor,
  htmlStepsPerSecond: html.clock,
  bytesPerSession,
}

const { hits, episodes } = chooseEpisodes(shop)
const original = hasData ? await playOriginal({ hits, episodes }) : undefined
if (original) {
  const times = original.episodes.flatMap(({ steps }) => steps.map(step => step[3]))
  const originalRate = times.length / times.reduce((sum, value) => sum + value, 0)
  const { compared, differences } = countDifferences(shop, episodes, original)
  const ratio = text.clock / originalRate
  const without = original.stubs.length > 0 ? `, without its ${original.stubs.join(', ')}` : ''
  console.log(
    `the original${without}: ${originalRate.toFixed(1)} steps a second after ${original.load.toFixed(2)} s of load`,
  )
  console.log(`ratio ${ratio.toFixed(0)}; ${differences} of ${compared} pages differ`)
  Object.assign(report, {
    original: { stepsPerSecond: originalRate, loadSeconds: original.load, without: original.stubs },
    ratio,
    compared,
    differences,
  })
}
console.log(JSON.stringify(report))
