import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type LlamaConfig, loadCheckpoint, saveCheckpoint } from '../../checkpoint/index.ts'
import { STATE_TYPES, type TrainEvent, type TrainOptions } from '../../core/engine.ts'
import type { Example } from '../../core/example.ts'
import { createRandom } from '../../core/random.ts'
import { embeddedEngine } from './engine.ts'
import { initialTensors } from './initialise.ts'

const config: LlamaConfig = {
  vocabularySize: 20,
  hiddenSize: 16,
  layers: 2,
  heads: 2,
  keyValueHeads: 1,
  headSize: 8,
  intermediateSize: 24,
  ropeTheta: 10_000,
  normEpsilon: 1e-5,
  contextLength: 64,
  tiedEmbeddings: true,
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'misstep-train-'))
  const tokenizer = join(folder, 'tokenizer')
  await saveCheckpoint(tokenizer, { config, tensors: initialTensors(config, 3) })
  await writeFile(join(tokenizer, 'tokenizer.json'), '{}')
  await saveCheckpoint(join(folder, 'start'), { config, tensors: initialTensors(config, 3), tokenizerFrom: tokenizer })
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Rows of unequal length that count upwards from a random token; the first three tokens carry no loss. */
function makeExamples(count: number): Example[] {
  const random = createRandom('examples')
  return Array.from({ length: count }, (_, index) => {
    const start = random.integer(20)
    const ids = Array.from({ length: 6 + random.integer(30) }, (_, i) => (start + i) % 20)
    const labels = ids.map((id, i) => (i < 3 ? -100 : id))
    return { id: `row ${index}`, input_ids: ids, labels, attention_mask: ids.map(() => 1), spans: [] }
  })
}
const examples = makeExamples(12)

const optionsFor = (name: string, changes: Partial<TrainOptions> = {}): TrainOptions => ({
  from: join(folder, 'start'),
  to: join(folder, name),
  steps: 7,
  batchTokens: 100,
  learningRate: 1e-2,
  warmUp: 0.2,
  weightDecay: 0.1,
  clipNorm: 1,
  seed: 5,
  saveEvery: 2,
  threads: 1,
  ...changes,
})

async function train(options: TrainOptions, data = examples, upTo = Number.POSITIVE_INFINITY): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  for await (const event of embeddedEngine.train(data, options)) {
    events.push(event)
    if (events.length >= upTo) break
  }
  return events
}
const resultOf = async (options: TrainOptions) => (await loadCheckpoint(options.to)).sha256

describe('the embedded engine', () => {
  let undisturbed: TrainEvent[]
  let result: string
  beforeAll(async () => {
    const options = optionsFor('undisturbed')
    undisturbed = await train(options)
    result = await resultOf(options)
  }, 60_000)

  it('learns: the loss falls to a fraction', async () => {
    const events = await train(optionsFor('learns', { steps: 60, learningRate: 3e-2 }))
    expect(events[0]!.loss).toBeCloseTo(Math.log(20), 1)
    expect(events.at(-1)!.loss).toBeLessThan(0.5)
  })

  it('makes exactly the steps asked for and counts tokens without padding', async () => {
    expect(undisturbed.map(event => event.step)).toEqual([1, 2, 3, 4, 5, 6, 7])
    const epoch = await train(optionsFor('epoch', { steps: 1, batchTokens: 100_000 }))
    const all = examples.flatMap(example => example.labels)
    expect(epoch[0]!.tokens).toBe(all.length)
    expect(epoch[0]!.trainedTokens).toBe(all.filter(label => label >= 0).length)
    const longest = Math.max(...examples.map(example => example.input_ids.length))
    expect(Math.abs(undisturbed.at(-1)!.tokens - 7 * 100)).toBeLessThanOrEqual(longest)
  })

  it('takes the mean loss by the weights of tokens: whole ones as if all were one, and no weight as no label', async () => {
    const once = { steps: 1, batchTokens: 100_000 }
    const weighted = (weigh: (at: number) => number) =>
      examples.map(example => ({ ...example, weights: example.labels.map((label, at) => (label < 0 ? 0 : weigh(at))) }))
    const [[plain], [twos], [odd]] = await Promise.all([
      train(optionsFor('plain', once)),
      train(
        optionsFor('twos', once),
        weighted(() => 2),
      ),
      train(
        optionsFor('odd', once),
        weighted(at => (at % 2 === 0 ? 1 : 0.25)),
      ),
    ])
    expect(twos!.loss).toBeCloseTo(plain!.loss, 6)
    expect(odd!.loss).not.toBeCloseTo(plain!.loss, 4)
    // The weighted mean, put together from what each half of the tokens costs by itself.
    const half = async (name: string, parity: number) => {
      const rows = examples.map(example => {
        const labels = example.labels.map((label, at) => (at % 2 === parity ? label : -100))
        return { ...example, labels }
      })
      const [event] = await train(optionsFor(name, once), rows)
      return { loss: event!.loss, tokens: event!.trainedTokens }
    }
    const [even, uneven] = [await half('even', 0), await half('uneven', 1)]
    const total = even.tokens + 0.25 * uneven.tokens
    expect(odd!.loss).toBeCloseTo((even.loss * even.tokens + 0.25 * uneven.loss * uneven.tokens) / total, 5)
  })

  it('gives the same weights, bit for bit, on a second run and with another number of threads', async () => {
    for (const threads of [2, 3]) {
      const again = optionsFor(`with ${threads} threads`, { threads })
      expect(await train(again)).toEqual(undisturbed)
      expect(await resultOf(again)).toBe(result)
    }
    const seed = optionsFor('other seed', { seed: 6 })
    await train(seed)
    expect(await resultOf(seed)).not.toBe(result)
  })

  it('goes on after an interruption as if there had been none, and clears its state away', async () => {
    const options = optionsFor('resumed')
    expect(await train(options, examples, 5)).toEqual(undisturbed.slice(0, 5))
    // Stopped after step 5 without a word: step 4 was the last saved.
    expect(await train(options, examples, 1)).toEqual(undisturbed.slice(4, 5))
    expect(await train(options)).toEqual(undisturbed.slice(4))
    expect(await resultOf(options)).toBe(result)
    expect((await readdir(folder)).filter(name => name.startsWith('resumed'))).toEqual(['resumed'])
  })

  it('goes on with adapters as well, in either kind of moments, as if there had been no interruption', async () => {
    const adapters = { rank: 2, targets: ['q_proj', 'down_proj'] }
    for (const states of STATE_TYPES) {
      const whole = optionsFor(`adapters, ${states}`, { adapters, states })
      const events = await train(whole)
      const stopped = optionsFor(`adapters, ${states}, stopped`, { adapters, states })
      expect(await train(stopped, examples, 5)).toEqual(events.slice(0, 5))
      expect(await train({ ...stopped, threads: 2 })).toEqual(events.slice(4))
      expect(await resultOf(stopped)).toBe(await resultOf(whole))
      expect(await resultOf(stopped)).not.toBe(result)
    }
  })

  it('does not go on from adapters of another shape, nor from all weights', async () => {
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const shapes = [{ adapters: { rank: 2 } }, { adapters: { rank: 2, alpha: 1 } }, {}]
    for (const [i, shape] of shapes.entries()) {
      await train(optionsFor('other adapters', shape), examples, 3)
      expect(warnings).toHaveBeenCalledTimes(i)
    }
    expect(
      warnings.mock.calls
        .flat()
        .every(
          text => /belongs to training with other data or options/.test(text as string) || text === 'MisstepWarning',
        ),
    ).toBe(true)
    warnings.mockRestore()
  })

  it('saves where it is told to stop', async () => {
    const controller = new AbortController()
    const options = optionsFor('stopped', { saveEvery: 100 })
    const stopped = async () => {
      for await (const { step } of embeddedEngine.train(examples, { ...options, signal: controller.signal })) {
        if (step === 3) controller.abort()
      }
    }
    await expect(stopped()).rejects.toMatchObject({ name: 'MisstepError', code: 'interrupted' })
    expect(await train(options)).toEqual(undisturbed.slice(3))
    expect(await resultOf(options)).toBe(result)
  })

  describe('with moments in bfloat16', () => {
    const options = (name: string, changes: Partial<TrainOptions> = {}) =>
      optionsFor(name, { states: 'bfloat16', ...changes })

    it('has the losses of float32 within half a hundredth, and learns as much', async () => {
      const longer = { steps: 60, learningRate: 1e-2 }
      const exact = await train(optionsFor('exact', longer))
      const rounded = await train(options('rounded', longer))
      for (const [i, { loss }] of exact.entries()) {
        expect(Math.abs(rounded[i]!.loss - loss)).toBeLessThan(0.005 * loss)
      }
      expect(rounded.map(({ loss }) => loss)).not.toEqual(exact.map(({ loss }) => loss))
    })

    it('goes on after an interruption to the same bits, on any number of threads', async () => {
      const whole = await train(options('rounded whole'))
      const stopped = options('rounded and stopped')
      expect(await train(stopped, examples, 5)).toEqual(whole.slice(0, 5))
      expect(await train({ ...stopped, threads: 3 })).toEqual(whole.slice(4))
      expect(await resultOf(stopped)).toBe(await resultOf(options('rounded whole')))
    })

    it('saves states two thirds as long, and does not go on from the other kind', async () => {
      const sizes: number[] = []
      for (const [states, other] of [STATE_TYPES, STATE_TYPES.toReversed()]) {
        const mine = optionsFor(`kept in ${states}`, { states: states! })
        await train(mine, examples, 3)
        sizes.push((await stat(join(`${mine.to}.state`, 'step-000000002', 'numbers.bin'))).size)
        await expect(train({ ...mine, states: other! })).rejects.toThrow(
          `states of step 2 are kept in ${states}, and this training keeps them in ${other}`,
        )
        expect(await train(mine)).toHaveLength(5)
      }
      expect(sizes[1]! / sizes[0]!).toBeCloseTo(2 / 3, 5)
    })
  })

  it('passes a damaged state over, says so, and takes the one before or starts afresh', async () => {
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const options = optionsFor('damaged')
    await train(options, examples, 5)
    const states = (await readdir(`${options.to}.state`)).sort()
    expect(states).toHaveLength(2)
    await appendFile(join(`${options.to}.state`, states[1]!, 'numbers.bin'), 'x')
    expect((await train(options, examples, 1))[0]).toEqual(undisturbed[2])
    expect(warnings.mock.calls[0]![0]).toMatch(/step-000000004 cannot be used: its length is wrong/)
    for (const state of states) await writeFile(join(`${options.to}.state`, state, 'manifest.json'), '{"step":')
    expect(await train(options)).toEqual(undisturbed)
    expect(warnings).toHaveBeenCalledTimes(3)
    expect(await resultOf(options)).toBe(result)
    warnings.mockRestore()
  })

  it('does not go on from the state of training with other data, and takes its place', async () => {
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const options = optionsFor('other data')
    await train(options, makeExamples(3), 6)
    expect(await train(options, examples, 3)).toEqual(undisturbed.slice(0, 3))
    expect(await train(options)).toEqual(undisturbed.slice(2))
    expect(warnings.mock.calls[0]![0]).toMatch(/belongs to training with other data or options/)
    warnings.mockRestore()
  })

  it('says when its state cannot be saved', async () => {
    const options = optionsFor('blocked')
    await writeFile(`${options.to}.state`, 'a file where a folder is needed')
    await expect(train(options)).rejects.toMatchObject({ name: 'MisstepError', code: 'store' })
  })

  it('stops with a clear error when the loss is no longer a number', async () => {
    const options = optionsFor('diverged', { learningRate: 1e30, warmUp: 0 })
    await expect(train(options)).rejects.toThrow(/not a finite number at step \d[\s\S]*Lower the learning rate/)
  })

  it('refuses examples that do not fit the model, or have nothing to train', async () => {
    const [example] = examples as [Example]
    const long = { ...example, input_ids: Array(65).fill(1), labels: Array(65).fill(1) }
    await expect(train(optionsFor('long'), [long])).rejects.toThrow(/65 tokens; the model reads 64 at most/)
    const foreign = { ...example, input_ids: example.input_ids.map(() => 20) }
    await expect(train(optionsFor('foreign'), [foreign])).rejects.toThrow(/not in the model's vocabulary of 20/)
    const silent = { ...example, labels: example.labels.map(() => -100) }
    await expect(train(optionsFor('silent'), [silent])).rejects.toThrow(/no trained token: "row 0"/)
    await expect(train(optionsFor('none'), [])).rejects.toThrow(/no examples/)
  })
})
