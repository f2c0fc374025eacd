/**
 * How fast the ALFWorld engine plays and loads, and how little an open episode takes; beside the original engine
 * (where `MISSTEP_PYTHON` or `python3` has alfworld and textworld) on the same games and commands, comparing every byte.
 * The last line is one JSON object.
 *
 * Games: the official ones in `MISSTEP_TEST_DATA` or `../shared/data`; without them, households of our own.
 * @module
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import { createRandom } from '../src/core/random.ts'
import { buildGame } from '../src/environments/alfworld/build-game.ts'
import { createWorld } from '../src/environments/alfworld/create-world.ts'
import { describeOpening } from '../src/environments/alfworld/descriptions.ts'
import { expertMove } from '../src/environments/alfworld/expert.ts'
import { readFullPack } from '../src/environments/alfworld/full-pack.ts'
import type { Game } from '../src/environments/alfworld/game.ts'
import { readGameFile } from '../src/environments/alfworld/game-file.ts'
import { createPacker, readPack } from '../src/environments/alfworld/pack.ts'
import { PROFILES } from '../src/environments/alfworld/profile.ts'
import { generateGame } from '../src/environments/households/generate.ts'
import { createLayouts } from '../src/environments/households/layout.ts'
import { median } from '../test/kit/median.ts'

const data = join(process.env.MISSTEP_TEST_DATA ?? '../shared/data', 'alfworld')
const hasData = existsSync(data)
const gamesBeside = 6
const stepsBeside = 20

const seconds = (action: () => void) => {
  const start = performance.now()
  action()
  return (performance.now() - start) / 1000
}

/** The games of valid_seen as a compact pack and as the texts of original files; without data, only made-up games. */
async function openGames() {
  if (!hasData) {
    const layouts = createLayouts(3)
    return { games: Array.from({ length: 100 }, (_, index) => generateGame(layouts, 'seen', index)) }
  }
  const bytes = await readFile(join(data, 'games-valid_seen.full.jsonl.gz'))
  const full = readFullPack(bytes, 'seen')
  const packer = createPacker()
  for (const { id } of full.entries) packer.add(full.read(id)!)
  const pack = readPack(packer.finish().data, 'seen')
  const common = (name: string) => readFile(join(data, 'common', name), 'utf8')
  const [domain, grammar] = [await common('domain.2.1.3.pddl'), await common('grammar.2.1.3.twl2')]
  const lines = gunzipSync(bytes).toString('utf8').trim().split('\n')
  const files = new Map(
    lines.map(line => {
      const { id, task, problem, walkthrough } = JSON.parse(line)
      const file = { pddl_domain: domain, grammar: grammar.replace('@@TASK@@', task), pddl_problem: problem }
      return [id as string, JSON.stringify({ ...file, solvable: true, walkthrough })]
    }),
  )
  return { games: pack.entries.map(({ id }) => buildGame(pack.read(id)!)), pack, files }
}

/**
 * Steps a second with observation and admissible commands after every step: by the clock, and by the processor time
 * spent (all threads, collecting garbage included), which says the same when other work shares the machine.
 */
function measureSteps(games: readonly Game[]): { clock: number; processor: number } {
  const random = createRandom('bench alfworld')
  const rates: number[] = []
  const processorRates: number[] = []
  for (let round = 0; round < 9; round++) {
    let steps = 0
    const before = process.cpuUsage()
    const taken = seconds(() => {
      for (let repeat = 0; repeat < 4; repeat++) {
        for (const game of games) {
          const world = createWorld(game)
          let commands = world.admissible()
          for (let i = 0; i < 50; i++, steps++) {
            world.step(commands[random.integer(commands.length)]!)
            commands = world.admissible()
          }
        }
      }
    })
    rates.push(steps / taken)
    const { user, system } = process.cpuUsage(before)
    processorRates.push((steps * 1e6) / (user + system))
  }
  return { clock: median(rates), processor: median(processorRates) }
}

/** Bytes that one open episode takes when 5,000 are open, each some steps old. */
async function measureMemory(games: readonly Game[]): Promise<number> {
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
  const before = await used()
  const open = Array.from({ length: 5000 }, (_, index) => {
    const world = createWorld(games[index % games.length]!)
    for (let i = 0; i < 5; i++) world.step(world.admissible()[(index + 7 * i) % 20] ?? 'look')
    return world
  })
  const bytes = ((await used()) - before) / open.length
  return open[0]!.step('look').accepted ? bytes : 0
}

/** For one game: a random episode with some commands that are not valid, and the one of the expert that knows everything. */
function chooseCommands(game: Game): string[][] {
  const random = createRandom('bench alfworld', game.id)
  const wandering = createWorld(game)
  const wander: string[] = []
  for (let i = 0; i < stepsBeside; i++) {
    const command = random.chance(0.1) ? 'take nothing 1 from nowhere 1' : random.pick(wandering.admissible())
    wander.push(command)
    wandering.step(command)
  }
  const solving = createWorld(game)
  const solve: string[] = []
  for (let i = 0; i < 50 && !solving.won; i++) {
    const move = expertMove(solving, 'everything')
    if (!move) break
    solve.push(move.action)
    solving.step(move.action)
  }
  return [wander, solve]
}

interface Original {
  load: number
  reset: number[]
  episodes: { opening: string; admissible: string[]; steps: [string, number, boolean, string[], number][] }[]
}

async function playOriginal(
  games: readonly Game[],
  files: ReadonlyMap<string, string>,
): Promise<Original[] | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'misstep-bench-'))
  try {
    const jobs = []
    for (const [index, game] of games.entries()) {
      const place = join(folder, String(index))
      await mkdir(place)
      await writeFile(join(place, 'game.tw-pddl'), files.get(game.id)!)
      jobs.push({ file: join(place, 'game.tw-pddl'), episodes: chooseCommands(game) })
    }
    await writeFile(join(folder, 'jobs.json'), JSON.stringify(jobs))
    const script = new URL('alfworld-original.py', import.meta.url).pathname
    const python = process.env.MISSTEP_PYTHON ?? 'python3'
    const source = process.env.MISSTEP_BENCH_ALFWORLD ?? script
    await promisify(execFile)(python, [source, join(folder, 'jobs.json'), join(folder, 'results.json')], {
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

/** Plays in ours what the original played; the number of answers (text, score, won, commands) that differ. */
function countDifferences(games: readonly Game[], results: readonly Original[]) {
  let compared = 0
  let differences = 0
  const compare = (expected: unknown, actual: unknown) => {
    compared++
    if (JSON.stringify(expected) !== JSON.stringify(actual)) differences++
  }
  for (const [index, game] of games.entries()) {
    for (const [which, commands] of chooseCommands(game).entries()) {
      const world = createWorld(game)
      const original = results[index]!.episodes[which]!
      compare(original.opening, describeOpening(game, PROFILES['2.1.3']))
      compare(original.admissible, world.admissible())
      for (const [step, command] of commands.entries()) {
        const { observation, reward, won } = world.step(command)
        compare(original.steps[step]!.slice(0, 4), [observation, reward, won, world.admissible()])
      }
    }
  }
  return { compared, differences }
}

const { games, pack, files } = await openGames()
console.log(
  hasData ? `${games.length} official games of valid_seen` : `${games.length} households (no official games here)`,
)

const { clock: stepsPerSecond, processor: stepsPerProcessorSecond } = measureSteps(games)
console.log(
  `steps, with observation and admissible commands: ${stepsPerSecond.toFixed(0)} a second, ${stepsPerProcessorSecond.toFixed(0)} a second of processor time`,
)

const bytesPerEpisode = await measureMemory(games)
console.log(`memory of an open episode, 5,000 open: ${(bytesPerEpisode / 1024).toFixed(1)} kB`)

const report: Record<string, unknown> = {
  bench: 'alfworld',
  games: hasData ? 'official' : 'households',
  stepsPerSecond,
}
Object.assign(report, { stepsPerProcessorSecond, bytesPerEpisode })

if (pack && files) {
  const loads = games.map(({ id }) => seconds(() => buildGame(pack.read(id)!)))
  const parses = games.map(({ id }) => seconds(() => buildGame(readGameFile(files.get(id)!, id).source)))
  const [packMs, fileMs] = [median(loads) * 1000, median(parses) * 1000]
  console.log(`a game from the compact pack: ${packMs.toFixed(2)} ms; from an original file: ${fileMs.toFixed(2)} ms`)
  Object.assign(report, { loadPackMilliseconds: packMs, loadFileMilliseconds: fileMs })

  const beside = games.filter((_, index) => index % Math.ceil(games.length / gamesBeside) === 0)
  const results = await playOriginal(beside, files)
  if (results) {
    const times = results.flatMap(result => result.episodes.flatMap(episode => episode.steps.map(step => step[4])))
    const originalRate = times.length / times.reduce((sum, value) => sum + value, 0)
    const start = median(results.map(result => result.load)) + median(results.flatMap(result => result.reset))
    const { compared, differences } = countDifferences(beside, results)
    const ratio = stepsPerSecond / originalRate
    console.log(`the original: ${originalRate.toFixed(1)} steps a second after ${start.toFixed(2)} s of load and reset`)
    console.log(`ratio ${ratio.toFixed(0)}; ${differences} of ${compared} answers differ`)
    Object.assign(report, {
      original: { stepsPerSecond: originalRate, startSeconds: start },
      ratio,
      compared,
      differences,
    })
  }
}
console.log(JSON.stringify(report))
