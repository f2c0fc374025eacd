/**
 * How fast trajectories become training rows, masks included, beside TRL's own tokenisation with assistant masks on the
 * same rows, and whether both give the same ids and labels; and the memory that many rows take. The last line is one JSON
 * object.
 *
 * TRL is run where `MISSTEP_BENCH_TRL` names a Python that has it (1.9 or newer). `MISSTEP_BENCH_TOKENIZER` names a folder with a
 * `tokenizer.json` and a chat template to use in place of the household student's. `MISSTEP_BENCH_ROWS` is the number of rows
 * that are rendered beside TRL (default 10,000), `MISSTEP_BENCH_MANY` that of the measurement of memory (default 100,000; short rows, so
 * that a million of them fit on a disk).
 * @module
 */
import { execFile } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Example } from '../src/core/example.ts'
import { createRandom } from '../src/core/random.ts'
import type { Trajectory } from '../src/core/trajectory.ts'
import { createGameEpisode } from '../src/environments/alfworld/game-episode.ts'
import { generateGame } from '../src/environments/households/generate.ts'
import { createLayouts } from '../src/environments/households/layout.ts'
import { wander } from '../src/environments/households/wander.ts'
import { renderFiles, trajectoryMessages } from '../src/render/index.ts'
import { median } from '../test/kit/median.ts'

const rows = Number(process.env.MISSTEP_BENCH_ROWS ?? 10_000)
const many = Number(process.env.MISSTEP_BENCH_MANY ?? 100_000)
const tokenizer = process.env.MISSTEP_BENCH_TOKENIZER ?? 'students/household-base'
const python = process.env.MISSTEP_BENCH_TRL
const cores = availableParallelism()
const ROUNDS = 3
/** A file that is rendered again and again where many rows are wanted. */
const FILE_ROWS = 2000

const layouts = createLayouts(3)
function makeTrajectory(number: number, longest = 30): Trajectory {
  const game = generateGame(layouts, 'train', number)
  const { instruction, observation: opening } = createGameEpisode(game)
  const length = Math.min(longest, 10 + createRandom('length', number).integer(21))
  const steps = wander(game, createRandom('walk', number), length)
  return {
    id: game.id,
    task: { id: game.id, environment: 'households', split: 'train', kind: 'walk' },
    agent: 'wanderer',
    instruction,
    opening,
    steps,
    outcome: 'truncated',
    reward: 0,
    provenance: { seed: number, environment: '1', misstep: '1', tokensIn: 0, tokensOut: 0 },
  }
}

const folder = mkdtempSync(join(tmpdir(), 'misstep-bench-'))
const place = (name: string) => join(folder, name)
const writeLines = (name: string, items: readonly unknown[]) =>
  writeFileSync(place(name), items.map(item => `${JSON.stringify(item)}\n`).join(''))

/** Rows a second, and the processor time of one row in all threads. */
async function measure(from: readonly string[], to: string, threads: number) {
  const [start, used] = [performance.now(), process.cpuUsage()]
  const report = await renderFiles(tokenizer, from, to, { mask: 'none', threads })
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(used)
  return {
    ...report,
    rowsPerSecond: report.rows / seconds,
    processorMilliseconds: (user + system) / 1000 / report.rows,
    seconds,
  }
}

interface Figures {
  rowsPerSecond: number
  processorMilliseconds: number
}

interface Original {
  trl: string
  transformers: string
  runs: (Figures & { processes: number })[]
}

interface Round {
  ours: Figures
  original: Original | undefined
}

async function runTrl(): Promise<Original | undefined> {
  if (python === undefined) {
    console.log('TRL is left out: MISSTEP_BENCH_TRL names no Python that has it (pip install "trl>=1.9").')
    return undefined
  }
  const script = new URL('render-trl.py', import.meta.url).pathname
  const args = [script, tokenizer, place('messages.jsonl'), place('trl.jsonl'), String(cores)]
  try {
    const { stdout } = await promisify(execFile)(python, args, {
      maxBuffer: 1 << 26,
      env: { ...process.env, HF_HOME: folder },
    })
    return JSON.parse(stdout.trim().split('\n').at(-1)!)
  } catch (error) {
    console.log(`TRL is left out: ${(error as Error).message.trim().split('\n').at(-1)}`)
    return undefined
  }
}

async function* readLines(name: string): AsyncGenerator<Pick<Example, 'input_ids' | 'labels'>> {
  for await (const line of createInterface({ input: createReadStream(place(name)) })) yield JSON.parse(line)
}

/** Rows whose ids, and rows whose labels, are not the same. */
async function countDifferences(): Promise<{ ids: number; labels: number }> {
  const theirs = readLines('trl.jsonl')
  const differences = { ids: 0, labels: 0 }
  for await (const { input_ids: ids, labels } of readLines('ours.jsonl')) {
    const { value } = await theirs.next()
    if (String(ids) !== String(value?.input_ids)) differences.ids++
    if (String(labels) !== String(value?.labels)) differences.labels++
  }
  return differences
}

try {
  const trajectories = Array.from({ length: rows }, (_, number) => makeTrajectory(number))
  writeLines('trajectories.jsonl', trajectories)
  const plain = (trajectory: Trajectory) =>
    trajectoryMessages(trajectory).map(({ role, content }) => ({ role, content }))
  writeLines(
    'messages.jsonl',
    trajectories.map(trajectory => ({ messages: plain(trajectory) })),
  )
  const source = [place('trajectories.jsonl')]

  const one = await measure(source, place('ours.jsonl'), 1)
  console.log(
    `${rows} trajectories, ${one.rows} rows of ${(one.tokens / one.rows).toFixed(0)} tokens on average, with the tokenizer of ${tokenizer}`,
  )
  tell('misstep, 1 thread', one)
  // In turns, for who else shares the machine changes with time.
  const rounds: Round[] = []
  while (rounds.length < ROUNDS) {
    const ours = pick(await measure(source, place('ours.jsonl'), cores))
    tell(`misstep, ${cores} threads`, ours)
    const original = await runTrl()
    rounds.push({ ours, original })
    if (!original) break
    for (const run of original.runs) tell(`TRL ${original.trl}, ${run.processes} processes`, run)
  }
  const report: Record<string, unknown> = {
    bench: 'render',
    tokenizer,
    rows: one.rows,
    tokensPerRow: one.tokens / one.rows,
    cores,
    oneThread: pick(one),
    rounds,
  }
  if (rounds.every(round => round.original)) {
    const middle = (ratioOf: (ours: Figures, theirs: Figures[]) => number) =>
      median(rounds.map(({ ours, original }) => ratioOf(ours, original!.runs)))
    const ratio = middle((ours, theirs) => ours.rowsPerSecond / Math.max(...theirs.map(run => run.rowsPerSecond)))
    const processorRatio = middle(
      (ours, theirs) => Math.min(...theirs.map(run => run.processorMilliseconds)) / ours.processorMilliseconds,
    )
    const differences = await countDifferences()
    // For Qwen 2.5 and some others, TRL's templates also train the line breaks around an answer, which no model writes.
    console.log(
      `ratio ${ratio.toFixed(1)} by the clock (to TRL's best of a round; the middle one of ${ROUNDS}), ${processorRatio.toFixed(1)} by processor time; of ${one.rows} rows, ${differences.ids} differ in ids and ${differences.labels} in labels`,
    )
    Object.assign(report, { ratio, processorRatio, differences })
  }

  writeLines(
    'many.jsonl',
    Array.from({ length: FILE_ROWS }, (_, number) => makeTrajectory(number, 2)),
  )
  const memory: { rows: number; megabytes: number }[] = []
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 50)
  for (const share of [0.1, 1]) {
    peak = 0
    const files = Array.from({ length: Math.max(1, Math.round((many * share) / FILE_ROWS)) }, () => place('many.jsonl'))
    const { rows, rowsPerSecond } = await measure(files, place('many-rows.jsonl'), cores)
    memory.push({ rows, megabytes: peak / 2 ** 20 })
    const size = statSync(place('many-rows.jsonl')).size / 2 ** 30
    console.log(
      `${rows} rows (${size.toFixed(2)} GiB): ${rowsPerSecond.toFixed(0)} rows/s, ${(peak / 2 ** 20).toFixed(0)} MiB at most`,
    )
    rmSync(place('many-rows.jsonl'))
  }
  clearInterval(watch)
  Object.assign(report, { memory })
  console.log(JSON.stringify(report))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function pick({ rowsPerSecond, processorMilliseconds }: Figures): Figures {
  return { rowsPerSecond, processorMilliseconds }
}

function tell(who: string, { rowsPerSecond, processorMilliseconds }: Figures): void {
  console.log(
    `${who}: ${rowsPerSecond.toFixed(0)} rows/s, ${processorMilliseconds.toFixed(2)} ms of processor time a row`,
  )
}
