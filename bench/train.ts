/**
 * `npm run bench -- train [--threads n] [--case i]`: how fast the embedded engine trains, beside PyTorch (where `python3` has it) on the same weights, batches and machine.
 * On a machine that
 * has other work, compare the tokens for each second of processor time. The last line is one JSON object.
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
import { createTrainer } from '../src/train/embedded/create-trainer.ts'
import { initialTensors } from '../src/train/embedded/initialise.ts'
import { cutMicroBatches, type Row } from '../src/train/embedded/micro-batches.ts'
import { joinParameters, parameterLayout } from '../src/train/embedded/parameters.ts'

const shared = { ropeTheta: 10_000, normEpsilon: 1e-5, contextLength: 1536, tiedEmbeddings: true }
const small: LlamaConfig = {
  ...shared,
  vocabularySize: 1024,
  hiddenSize: 128,
  layers: 5,
  heads: 4,
  keyValueHeads: 2,
  headSize: 32,
  intermediateSize: 384,
}
const large: LlamaConfig = {
  ...shared,
  vocabularySize: 1024,
  hiddenSize: 192,
  layers: 5,
  heads: 6,
  keyValueHeads: 2,
  headSize: 32,
  intermediateSize: 512,
}
/** Lengths of a step's rows, and the share of tokens that is trained. */
const cases = [
  { name: '1.1 M parameters, 4 rows of 512, all trained', config: small, lengths: [512, 512, 512, 512], share: 1 },
  { name: '1.1 M parameters, uneven rows, 35% trained', config: small, lengths: [840, 310, 600, 450], share: 0.35 },
  { name: '2.2 M parameters, 4 rows of 512, all trained', config: large, lengths: [512, 512, 512, 512], share: 1 },
]
const steps = 12
const options = { steps, learningRate: 1e-3, warmUp: 0.25, weightDecay: 0.1, clipNorm: 1 }
const { values: flags } = parseArgs({
  options: { threads: { type: 'string' }, case: { type: 'string' }, json: { type: 'boolean' } },
  strict: false,
})
const threads = Number(flags.threads ?? availableParallelism())
const chosen = flags.case === undefined ? cases : cases.slice(Number(flags.case), Number(flags.case) + 1)

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
}

async function ours(config: LlamaConfig, rows: readonly Row[]): Promise<Result> {
  const trainer = createTrainer({ config, tensors: initialTensors(config, 1) }, { ...options, threads })
  const result: Result = { losses: [], gradientNorms: [], seconds: [], processorSeconds: [] }
  for (let step = 0; step < steps; step++) {
    const [start, used] = [performance.now(), process.cpuUsage()]
    const { loss, gradientNorm } = await trainer.train(rows)
    result.seconds.push((performance.now() - start) / 1000)
    const { user, system } = process.cpuUsage(used)
    result.processorSeconds.push((user + system) / 1e6)
    result.losses.push(loss)
    result.gradientNorms.push(gradientNorm)
  }
  await trainer.close()
  return result
}

/** @param together all rows padded in one batch; else one row after the other. */
async function torch(config: LlamaConfig, rows: readonly Row[], together: boolean): Promise<Result | undefined> {
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
    const job = { ...options, config, threads, places: layout.places, batches, learningRates }
    await writeFile(join(folder, 'job.json'), JSON.stringify(job))
    await writeFile(
      join(folder, 'parameters.bin'),
      new Uint8Array(joinParameters(layout, initialTensors(config, 1)).buffer),
    )
    const script = new URL('train-torch.py', import.meta.url).pathname
    const { stdout } = await promisify(execFile)('python3', [script, folder])
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

/** Median after the first steps, which warm up. */
const median = (seconds: readonly number[]) => seconds.slice(3).sort((a, b) => a - b)[Math.floor((steps - 3) / 2)]!

const rates = (result: Result, tokens: number) => ({
  tokensPerSecond: tokens / median(result.seconds),
  tokensPerProcessorSecond: tokens / median(result.processorSeconds),
})
const show = (what: string, rate: ReturnType<typeof rates>) =>
  console.log(
    `  ${what}: ${rate.tokensPerSecond.toFixed(0)} tokens/s, ${rate.tokensPerProcessorSecond.toFixed(0)} a second of processor time`,
  )

const results = []
for (const { name, config, lengths, share } of chosen) {
  const rows = makeRows(lengths, share, config.vocabularySize)
  const tokens = lengths.reduce((sum, length) => sum + length, 0)
  console.log(name)
  const mine = await ours(config, rows)
  const our = rates(mine, tokens)
  show('ours', our)
  const all = []
  for (const together of [false, true]) {
    const theirs = await torch(config, rows, together)
    if (!theirs) break
    const lossGap = Math.max(...theirs.losses.map((loss, i) => Math.abs(loss - mine.losses[i]!)))
    all.push({ ...rates(theirs, tokens), lossGap })
    show(`PyTorch, ${together ? 'rows in one padded batch' : 'row by row'}`, all.at(-1)!)
  }
  if (all.length === 0) {
    results.push({ name, ours: our })
    continue
  }
  // PyTorch is given the better of its two ways.
  const ratio = our.tokensPerSecond / Math.max(...all.map(rate => rate.tokensPerSecond))
  const processorRatio = our.tokensPerProcessorSecond / Math.max(...all.map(rate => rate.tokensPerProcessorSecond))
  const lossGap = Math.max(...all.map(rate => rate.lossGap))
  console.log(`  ratio ${ratio.toFixed(2)}, by processor time ${processorRatio.toFixed(2)}`)
  console.log(`  the losses of ${steps} steps differ by ${lossGap.toExponential(1)} at most`)
  results.push({ name, ours: our, pyTorch: all, ratio, processorRatio, lossGap })
}
console.log(JSON.stringify({ bench: 'train', threads, cases: results }))
