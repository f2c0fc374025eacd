/**
 * How fast SciWorld's steps are, for 1, 2 and 8 episodes at once, with and without the list of valid actions, and how much
 * memory an open episode takes; beside as many of the original's Python wrappers (where `MISSTEP_PYTHON` or `python3` has
 * scienceworld) on the same simulator, machine flags, tasks and actions, comparing every answer. Both sides play all
 * episodes once before they are timed, load them before the clock starts, and start together. The last line is one JSON
 * object, with the system's load beside each figure.
 *
 * The simulator: `misstep env add sciworld`.
 * @module
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createSimulators, type Simulators } from '../src/environments/sciworld/simulators.ts'
import { jar, record, walk } from '../test/kit/sciworld.ts'

const kinds = ['boil', 'use-thermometer', 'test-conductivity', 'find-plant', 'grow-plant', 'chemistry-mix', 'melt']
const walks = 8
const stepsOfWalk = 20
/** The first is played to warm up, on both sides; the others are timed. */
const rounds = 3
/** The flags of our machines, for the original's. */
const flags = '-XX:+UnlockExperimentalVMOptions -XX:hashCode=2'

interface Job {
  task: string
  variation: number
  simplifications: string
  actions: string[]
  full: boolean
}
type Answers = unknown[][]
interface Timed {
  seconds: number
  processor: number | null
  steps: number
}

const setupOf = ({ task, variation, simplifications, full }: Job) => ({ task, variation, simplifications, valid: full })
const rate = ({ steps, seconds }: Timed) => steps / seconds
const processorRate = ({ steps, processor }: Timed) => (processor ? steps / processor : null)
const ratioOf = (a: number | null, b: number | null) => (a !== null && b !== null ? a / b : null)
const speed = (timed: Timed) => ({ stepsPerSecond: rate(timed), stepsPerProcessorSecond: processorRate(timed) })

/** Random walks of valid and other actions, the same on each machine. */
async function makeJobs(simulators: Simulators): Promise<Job[]> {
  const jobs: Job[] = []
  for (let number = 0; number < walks; number++) {
    const job = { task: kinds[number % kinds.length]!, variation: number, simplifications: 'easy', full: true }
    const run = await simulators.start(setupOf({ ...job, actions: [] }))
    jobs.push({ ...job, actions: await walk(run, `bench sciworld ${number}`, stepsOfWalk) })
    run.close()
  }
  return jobs
}

/** The numbers of our Java machines; `ps` is on every Unix. */
function machines(): number[] {
  const lines = spawnSync('ps', ['-A', '-o', 'ppid=,pid=,args='], { encoding: 'utf8' }).stdout?.split('\n') ?? []
  const mine = lines.map(line => line.trim().split(/\s+/)).filter(([parent]) => Number(parent) === process.pid)
  return mine.filter(words => words.includes('misstep.Bridge')).map(([, pid]) => Number(pid))
}

/** Seconds of this process and its machines; `null` where the system does not tell. */
function processorSeconds(): number | null {
  if (!existsSync('/proc/self/stat')) return null
  const { user, system } = process.cpuUsage()
  const ofMachines = machines().map(pid => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  })
  return ofMachines.reduce((sum, value) => sum + value, (user + system) / 1e6)
}

/** Megabytes that our machines hold. */
function machineMemory(): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', machines().join(',')], { encoding: 'utf8' })
  return stdout.split('\n').reduce((sum, line) => sum + Number(line), 0) / 1024
}

/** The numbers of the jobs, as many as are played at once at a time. */
function batches(jobs: readonly Job[], atOnce: number): number[][] {
  const count = Math.ceil(jobs.length / atOnce)
  return Array.from({ length: count }, (_, batch) =>
    jobs.flatMap((_, number) => (Math.floor(number / atOnce) === batch ? [number] : [])),
  )
}

/** Plays all jobs, some at once; loading, with a first look around, is timed neither here nor there. */
async function playOurs(simulators: Simulators, jobs: readonly Job[], atOnce: number) {
  const answers: Answers[] = []
  const play = async (only: readonly number[]): Promise<Timed> => {
    const runs = await Promise.all(only.map(number => simulators.start(setupOf(jobs[number]!))))
    const [start, before] = [performance.now(), processorSeconds()]
    let steps = 0
    await Promise.all(
      runs.map(async (run, index) => {
        const glimpses = [run.glimpse]
        for (const action of jobs[only[index]!]!.actions) glimpses.push(await run.step(action))
        steps += glimpses.length - 1
        answers[only[index]!] = glimpses.map(record)
      }),
    )
    const [seconds, after] = [(performance.now() - start) / 1000, processorSeconds()]
    for (const run of runs) run.close()
    return { seconds, processor: before === null || after === null ? null : after - before, steps }
  }
  const timed: Timed = { seconds: 0, processor: 0, steps: 0 }
  for (let round = 0; round < rounds; round++) {
    for (const batch of batches(jobs, atOnce)) {
      const part = await play(batch)
      if (round === 0) continue
      timed.seconds += part.seconds
      timed.steps += part.steps
      timed.processor = timed.processor === null || part.processor === null ? null : timed.processor + part.processor
    }
  }
  return { timed, answers }
}

interface Original {
  processor: number | null
  steps: [string, number, boolean, number, string | null, string | null, string[] | null][]
}

/** One process of the original, which loads and plays its jobs one after the other when it is told to. */
function startOriginal(jobs: readonly Job[], folder: string, number: number) {
  const [todo, results] = [join(folder, `jobs-${number}.json`), join(folder, `results-${number}.json`)]
  writeFileSync(todo, JSON.stringify(jobs))
  const script = new URL('sciworld-original.py', import.meta.url).pathname
  const child = spawn(process.env.MISSTEP_PYTHON ?? 'python3', [script, todo, results, String(rounds)], {
    env: { ...process.env, JAVA_TOOL_OPTIONS: flags },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(child, 'close')
  // Whoever listens next is told.
  ended.catch(() => {})
  child.stdin.on('error', () => {})
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const hear = async (word: string) => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error(`it ended with code ${(await ended)[0]}`)
      if (value === word) return
    }
  }
  return {
    loaded: () => hear('loaded'),
    async play() {
      child.stdin.write('go\n')
      await hear('played')
    },
    async results(): Promise<Original[]> {
      const [code] = await ended
      if (code !== 0) throw new Error(`it ended with code ${code}`)
      return JSON.parse(await readFile(results, 'utf8'))
    },
    stop: () => child.kill(),
  }
}

/** The original, a process for each episode at once, in the same batches as ours. */
async function playOriginal(jobs: readonly Job[], atOnce: number) {
  const folder = await mkdtemp(join(tmpdir(), 'misstep-bench-'))
  const shares = Array.from({ length: atOnce }, (_, number) => jobs.filter((_, index) => index % atOnce === number))
  const players = shares.map((share, number) => startOriginal(share, folder, number))
  try {
    const timed: Timed = { seconds: 0, processor: 0, steps: 0 }
    for (let round = 0; round < rounds; round++) {
      for (const batch of batches(jobs, atOnce)) {
        await Promise.all(players.map(player => player.loaded()))
        const start = performance.now()
        await Promise.all(players.map(player => player.play()))
        if (round === 0) continue
        timed.seconds += (performance.now() - start) / 1000
        timed.steps += batch.reduce((sum, number) => sum + jobs[number]!.actions.length, 0)
      }
    }
    const results = await Promise.all(players.map(player => player.results()))
    const all = results.flat()
    const isKnown = all.every(({ processor }) => processor !== null)
    timed.processor = isKnown ? all.reduce((sum, { processor }) => sum + processor!, 0) : null
    return { timed, results: results[0]! }
  } catch (error) {
    console.log(`The original is left out: ${(error as Error).message.trim().split('\n').at(-1)}`)
    return undefined
  } finally {
    for (const player of players) player.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Answers of ours that differ from the original's. */
function countDifferences(ours: readonly Answers[], originals: readonly Original[]) {
  let compared = 0
  let differences = 0
  for (const [number, { steps }] of originals.entries()) {
    for (const [index, [observation, score, done, moves, look, inventory, valid]] of steps.entries()) {
      const glimpse = {
        observation,
        score: score / 100,
        completed: done,
        moves,
        look: look ?? '',
        inventory: inventory ?? '',
      }
      const expected = record({ ...glimpse, ...(valid && { valid }) })
      compared++
      if (JSON.stringify(expected) !== JSON.stringify(ours[number]![index]!)) differences++
    }
  }
  return { compared, differences }
}

/** Megabytes that each further open episode takes. */
async function measureMemory(simulators: Simulators, jobs: readonly Job[]): Promise<number> {
  const few = await Promise.all(jobs.slice(0, 2).map(job => simulators.start(setupOf(job))))
  const before = machineMemory()
  const more = await Promise.all(jobs.slice(2).map(job => simulators.start(setupOf(job))))
  const after = machineMemory()
  for (const run of [...few, ...more]) run.close()
  return (after - before) / more.length
}

if (!jar) {
  console.log('The simulator is not there: misstep env add sciworld')
  process.exit(1)
}
const report: Record<string, unknown> = { bench: 'sciworld', simulator: jar.version, cores: cpus().length }
const fresh = () => createSimulators({ jar: jar!, machines: 1, seats: 8 })

const first = fresh()
const jobs = await makeJobs(first)
report.memory = await measureMemory(first, jobs)
console.log(`memory of an open episode: ${(report.memory as number).toFixed(0)} MB`)
first.close()

for (const full of [false, true]) {
  const [name, words] = full ? ['full', 'with valid actions'] : ['light', 'without']
  const these = jobs.map(job => ({ ...job, full }))
  // Side by side, so that both meet the same company on the machine.
  for (const atOnce of [1, 2, 8]) {
    const busy = loadavg()[0]!
    const original = await playOriginal(these, atOnce)
    const simulators = fresh()
    const { timed, answers } = await playOurs(simulators, these, atOnce)
    simulators.close()
    const entry: Record<string, unknown> = { load: [busy, loadavg()[0]!], ours: speed(timed) }
    let line = `${atOnce} at once, ${words}: ours ${rate(timed).toFixed(1)} steps/s`
    if (original) {
      entry.original = speed(original.timed)
      entry.ratio = rate(timed) / rate(original.timed)
      entry.processorRatio = ratioOf(processorRate(timed), processorRate(original.timed))
      line += `, the original ${rate(original.timed).toFixed(1)}, ratio ${(entry.ratio as number).toFixed(2)}`
      if (atOnce === 1) {
        entry.answers = countDifferences(answers, original.results)
        line += `; ${JSON.stringify(entry.answers)}`
      }
    }
    console.log(line)
    report[`${name}${atOnce}`] = entry
  }
}
console.log(JSON.stringify(report))
