/**
 * `npm run bench -- train [--threads n] [--case i] [--states bfloat16] [--collect]`: how fast the embedded engine trains, and in how much memory, beside PyTorch
 * (where `MISSTEP_PYTHON` or `python3` has it) on the same weights, batches and machine; each case in a process of its own. PyTorch computes logits
 * as we do, at trained positions only, and once more as transformers does, everywhere. On a machine that has other work,
 * compare the tokens for each second of processor time. The last line is one JSON object.
 * @module
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import type { LlamaConfig } from '../src/checkpoint/index.ts'
import { createRandom } from '../src/core/random.ts'
import { learningRateAt } from '../src/train/embedded/adamw.ts'
import { initialTensors } from '../src/train/embedded/initialise.ts'
import { cutMicroBatches, type Row } from '../src/train/embedded/micro-batches.ts'
import { joinParameters, parameterLayout } from '../src/train/embedded/parameters.ts'
import { median } from '../test/kit/median.ts'

const shared = { ropeTheta: 10_000, normEpsilon: 1e-5, contextLength: 1536, tiedEmbeddings: true }
const shape = (hiddenSize: number, layers: number, heads: number, keyValueHeads: number, intermediateSize: number) => ({
  ...shared,
  vocabularySize: 1024,
  hiddenSize,
  layers,
  heads,
  keyValueHeads,
  intermediateSize,
  headSize: hiddenSize / heads,
})
const small: LlamaConfig = shape(128, 5, 4, 2, 384)
const large: LlamaConfig = shape(192, 5, 6, 2, 512)
const medium: LlamaConfig = { ...shape(320, 6, 10, 5, 864), vocabularySize: 8192 }
/** The shape of SmolLM2-135M. */
const smollm2: LlamaConfig = { ...shape(576, 30, 9, 3, 1536), vocabularySize: 49_152 }
const even = [512, 512, 512, 512]
const uneven = [840, 310, 600, 450]
/** Lengths of a step's rows, the share of tokens that is trained, and how many steps. */
const cases = [
  { name: '1.1 M parameters, 4 rows of 512, all trained', config: small, lengths: even, share: 1, steps: 12 },
  { name: '1.1 M parameters, uneven rows, 35% trained', config: small, lengths: uneven, share: 0.35, steps: 12 },
  { name: '2.2 M parameters, 4 rows of 512, all trained', config: large, lengths: even, share: 1, steps: 12 },
  { name: '9.5 M parameters, 4 rows of 512, all trained', config: medium, lengths: even, share: 1, steps: 9 },
  { name: '9.5 M parameters, uneven rows, 35% trained', config: medium, lengths: uneven, share: 0.35, steps: 9 },
  { name: '135 M parameters, 2 rows of 512, 35% trained', config: smollm2, lengths: [512, 512], share: 0.35, steps: 5 },
]
/** The first steps warm up, and do not count. */
const WARM_UP = 3
const options = { learningRate: 1e-3, warmUp: 0.25, weightDecay: 0.1, clipNorm: 1 }
const { values: flags } = parseArgs({
  options: {
    threads: { type: 'string' },
    case: { type: 'string' },
    states: { type: 'string', default: 'float32' },
    collect: { type: 'boolean', default: false },
    json: { type: 'boolean' },
  },
  strict: false,
})
const threads = Number(flags.threads ?? availableParallelism())

/** Rows that repeat themselves with a few surprises, trained in stretches of 20 tokens. */
function makeRows(lengths: readonly number[], share: number, vocabulary: number): Row[] {
  const random = createRandom('bench train')
  return lengths.map(length => {
    const ids: number[] = []
    for (let i = 0; i < length; i++) ids.push(i < 50 || random.chance(0.2) ? random.integer(vocabulary) : ids[i - 50]!)
    return { ids, labels: ids.map((id, i) => (i > 0 && i % 20 < share * 20 ? id : -100)) }
  })
}

interface Result {
  losses: number[]
  gradientNorms: number[]
  seconds: number[]
  processorSeconds: number[]
  peakBytes: number
}

interface Work {
  config: LlamaConfig
  rows: readonly Row[]
  steps: number
}

/** In a process of its own, without the compiler that reads this file. */
async function ours({ config, rows, steps }: Work): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'misstep-bench-'))
  try {
    await writeFile(
      join(folder, 'job.json'),
      JSON.stringify({ config, rows, steps, options: { ...options, steps, threads, states: flags.states } }),
    )
    const script = new URL('train-ours.mjs', import.meta.url).pathname
    // Else when the weights as they were read are let go is up to the garbage collector, which shows in the memory.
    const collect = flags.collect ? ['--expose-gc'] : []
    return JSON.parse((await promisify(execFile)(process.execPath, [...collect, script, folder])).stdout)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Way {
  name: string
  /** All rows padded in one batch; else one row after the other. */
  together: boolean
  logits: 'trained' | 'everywhere'
}

const WAYS: Way[] = [
  { name: 'row by row', together: false, logits: 'trained' },
  { name: 'rows in one padded batch', together: true, logits: 'trained' },
  { name: 'rows in one padded batch, logits everywhere', together: true, logits: 'everywhere' },
]

async function torch({ config, rows, steps }: Work, { together, logits }: Way): Promise<Result | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'misstep-bench-'))
  try {
    const layout = parameterLayout(config)
    const batches = together
      ? [padded(rows)]
      : cutMicroBatches(rows).map(({ rows: count, length, ids, positions, targets }) => ({
          ids: Array.from({ length: count }, (_, row) =>
            [...ids.subarray(row * length, (row + 1) * length)].map(Number),
          ),
          positions: [...positions].map(Number),
          targets: [...targets].map(Number),
        }))
    const learningRates = Array.from({ length: steps }, (_, i) => learningRateAt(i + 1, steps, 1e-3, options.warmUp))
    const job = { ...options, logits, config, threads, places: layout.places, batches, learningRates }
    await writeFile(join(folder, 'job.json'), JSON.stringify(job))
    await writeFile(
      join(folder, 'parameters.bin'),
      new Uint8Array(joinParameters(layout, initialTensors(config, 1)).buffer),
    )
    const script = new URL('train-torch.py', import.meta.url).pathname
    const { stdout } = await promisify(execFile)(process.env.MISSTEP_PYTHON ?? 'python3', [script, folder])
    return JSON.parse(stdout)
  } catch (error) {
    console.log(`PyTorch is left out: ${(error as Error).message.split('\n').findLast(line => line !== '')}`)
    return undefined
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function padded(rows: readonly Row[]) {
  const length = Math.max(...rows.map(row => row.ids.length)) - 1
  const trained = rows.flatMap(({ labels }, row) =>
    Array.from(labels).flatMap((label, i) => (label >= 0 ? [{ position: row * length + i - 1, target: label }] : [])),
  )
  return {
    ids: rows.map(({ ids }) => Array.from({ length }, (_, i) => ids[i] ?? 0)),
    positions: trained.map(({ position }) => position),
    targets: trained.map(({ target }) => target),
  }
}

const warmMedian = (seconds: readonly number[]) => median(seconds.slice(WARM_UP))

const rates = (result: Result, tokens: number) => ({
  tokensPerSecond: tokens / warmMedian(result.seconds),
  tokensPerProcessorSecond: tokens / warmMedian(result.processorSeconds),
  peakBytes: result.peakBytes,
})
const show = (what: string, { tokensPerSecond, tokensPerProcessorSecond, peakBytes }: ReturnType<typeof rates>) =>
  console.log(
    `  ${what}: ${tokensPerSecond.toFixed(0)} tokens/s, ${tokensPerProcessorSecond.toFixed(0)} a second of processor time, ${(peakBytes / 1e6).toFixed(0)} MB at most`,
  )

async function measure({ name, config, lengths, share, steps }: (typeof cases)[number]) {
  const work: Work = { config, rows: makeRows(lengths, share, config.vocabularySize), steps }
  const tokens = lengths.reduce((sum, length) => sum + length, 0)
  console.log(name)
  const mine = await ours(work)
  const our = rates(mine, tokens)
  show('ours', our)
  const all: (ReturnType<typeof rates> & Pick<Way, 'logits'> & { way: string; lossGap: number })[] = []
  for (const way of WAYS) {
    const theirs = await torch(work, way)
    if (!theirs) break
    const lossGap = Math.max(...theirs.losses.map((loss, i) => Math.abs(loss - mine.losses[i]!)))
    all.push({ way: way.name, logits: way.logits, ...rates(theirs, tokens), lossGap })
    show(`PyTorch, ${way.name}`, all.at(-1)!)
  }
  if (all.length === 0) return { name, ours: our }
  const best = (rate: 'tokensPerSecond' | 'tokensPerProcessorSecond', among = all) =>
    our[rate] / Math.max(...among.map(each => each[rate]))
  const everywhere = all.filter(({ logits }) => logits === 'everywhere')
  const figures = {
    // PyTorch is given the best of its ways.
    ratio: best('tokensPerSecond'),
    processorRatio: best('tokensPerProcessorSecond'),
    ratioToAllLogits: best('tokensPerSecond', everywhere),
    memoryRatio: our.peakBytes / Math.min(...all.map(({ peakBytes }) => peakBytes)),
    lossGap: Math.max(...all.map(({ lossGap }) => lossGap)),
  }
  console.log(`  ratio ${figures.ratio.toFixed(2)}, by processor time ${figures.processorRatio.toFixed(2)}`)
  console.log(
    `  ratio to logits everywhere ${figures.ratioToAllLogits.toFixed(2)}, memory ${figures.memoryRatio.toFixed(2)}`,
  )
  console.log(`  the losses of ${steps} steps differ by ${figures.lossGap.toExponential(1)} at most`)
  return { name, ours: our, pyTorch: all, ...figures }
}

/** The same command again for one case: the peak of memory is that of a process. */
async function measureApart(index: number) {
  const command = [
    join(import.meta.dirname, '../scripts/bench.mjs'),
    'train',
    '--threads',
    String(threads),
    '--case',
    String(index),
    '--states',
    String(flags.states),
    ...(flags.collect ? ['--collect'] : []),
  ]
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 2 ** 26 })
  const lines = stdout.trimEnd().split('\n')
  const begin = lines.indexOf(cases[index]!.name)
  console.log(lines.slice(Math.max(0, begin), -1).join('\n'))
  return JSON.parse(lines.at(-1)!).cases[0]
}

const results = []
if (flags.case !== undefined) results.push(await measure(cases[Number(flags.case)]!))
else for (const index of cases.keys()) results.push(await measureApart(index))
console.log(JSON.stringify({ bench: 'train', threads, states: flags.states, cases: results }))
