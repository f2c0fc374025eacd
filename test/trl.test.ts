import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { convertCheckpoint, loadCheckpoint } from '../src/checkpoint/index.ts'
import type { TrainEvent, TrainOptions } from '../src/core/engine.ts'
import type { Example } from '../src/core/example.ts'
import { dialectNamed, exportRows } from '../src/export/index.ts'
import { createTrainer } from '../src/train/embedded/create-trainer.ts'
import { createTrlEngine } from '../src/train/index.ts'
import { compiledSource } from './compiled-sources.ts'
import { studentExamples } from './kit/student-examples.ts'

const python = process.env.MISSTEP_PYTHON ?? ''
/** SmolLM2-135M-Instruct: its GGUF file, or a checkpoint folder of it. */
const smollm2 = process.env.MISSTEP_TEST_SMOLLM2
const MINUTES = 60_000

/** The large one is only compared, in no more rows and steps than that takes: minutes on a processor. */
const students = [
  { name: 'a small student', from: 'students/household-base', rows: 4, steps: 4, gradientWithin: 1e-4 },
  // In float64 its gradient has the norm 7.20471; in float32, over 30 layers, TRL finds 7.20453 and we 7.20591.
  ...(smollm2 ? [{ name: 'SmolLM2-135M', from: smollm2, rows: 2, steps: 1, gradientWithin: 1e-3 }] : []),
]

// Skipped without MISSTEP_PYTHON, a Python with trl.
describe.skipIf(python === '').each(students)(
  'TRL (MISSTEP_PYTHON) trains $name',
  ({ from, rows, steps, gradientWithin }) => {
    let folder: string
    let student: string
    let examples: Example[]
    /** The end of an undisturbed training. */
    let whole: { events: TrainEvent[]; weights: string }

    const options = (name: string, more: { steps?: number; saveEvery?: number } = {}) => ({
      from: student,
      to: join(folder, name),
      steps,
      // All rows in every step, so that their order does not matter.
      batchTokens: examples.reduce((sum, { input_ids }) => sum + input_ids.length, 0),
      learningRate: 1e-3,
      warmUp: 0.25,
      weightDecay: 0.1,
      clipNorm: 1,
      seed: 1,
      saveEvery: 2,
      ...more,
    })
    const itInSteps = it.runIf(steps > 1)
    const train = async (to: TrainOptions, trl = {}) => {
      const events: TrainEvent[] = []
      for await (const event of createTrlEngine({ python, ...trl }).train(examples, to)) events.push(event)
      return { events, weights: (await loadCheckpoint(to.to)).sha256 }
    }

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'misstep-trl-'))
      student = from === smollm2 ? join(folder, 'student') : from
      if (student !== from) await convertCheckpoint({ from, to: student })
      examples = await studentExamples(student, rows)
      whole = await train(options('whole'))
    }, 15 * MINUTES)
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    /** What is gone on with tells the same, and ends in the very same weights, as what was never stopped. */
    async function expectSameEnd(to: TrainOptions) {
      const { events, weights } = await train(to)
      expect(events).toEqual(whole.events)
      expect(weights).toBe(whole.weights)
    }

    it('with the loss, the gradient and the tokens that the embedded engine has on the same rows', {
      timeout: 15 * MINUTES,
    }, async () => {
      const trainer = createTrainer(await loadCheckpoint(student), { ...options('ours'), threads: 1 })
      const ours = await trainer.train(examples.map(({ input_ids: ids, labels }) => ({ ids, labels })))
      await trainer.close()
      const [theirs] = whole.events
      expect(Math.abs(theirs!.loss - ours.loss)).toBeLessThan(1e-4)
      expect(Math.abs(theirs!.gradientNorm / ours.gradientNorm - 1)).toBeLessThan(gradientWithin)
      expect([theirs!.tokens, theirs!.trainedTokens]).toEqual([ours.tokens, ours.trainedTokens])
      expect(whole.events).toMatchObject(Array.from({ length: steps }, (_, index) => ({ step: index + 1, steps })))
    })

    itInSteps('so that the loss falls', () => {
      expect(whole.events.at(-1)!.loss).toBeLessThan(whole.events[0]!.loss)
    })

    it('into a folder with the shape and the tokenizer that it started from, and leaves no state behind', () => {
      for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
        expect(readFileSync(join(folder, 'whole', name)).equals(readFileSync(join(student, name)))).toBe(true)
      }
      expect(existsSync(join(folder, 'whole.state'))).toBe(false)
    })

    itInSteps(
      'and leaves no process behind when it is killed; what is resumed ends in the very same weights',
      async () => {
        const to = options('resumed')
        const child = await startAndKill(to, 3)
        await expect.poll(() => isAlive(child), { timeout: MINUTES, interval: 200 }).toBe(false)
        await expectSameEnd(to)
      },
      15 * MINUTES,
    )

    itInSteps(
      'and saves first when it is asked to stop',
      async () => {
        const to = options('stopped', { saveEvery: 100 })
        const controller = new AbortController()
        const stopped = async () => {
          for await (const { step } of createTrlEngine({ python }).train(examples, {
            ...to,
            signal: controller.signal,
          })) {
            if (step === 1) controller.abort()
          }
        }
        await expect(stopped()).rejects.toMatchObject({ code: 'interrupted' })
        await expectSameEnd(to)
      },
      15 * MINUTES,
    )

    itInSteps(
      'alike in one process and in two',
      async () => {
        const { events } = await train(options('two', { steps: 2 }), { processes: 2 })
        const one = await train(options('one', { steps: 2 }))
        expect(events.length).toBe(2)
        for (const [index, { loss, gradientNorm, tokens, trainedTokens }] of events.entries()) {
          const alone = one.events[index]!
          expect(Math.abs(loss - alone.loss)).toBeLessThan(1e-5)
          expect(Math.abs(gradientNorm - alone.gradientNorm)).toBeLessThan(1e-4)
          // Rows of two processes are padded alone, and no padding is counted.
          expect([tokens, trainedTokens]).toEqual([alone.tokens, alone.trainedTokens])
        }
        const [left, right] = await Promise.all(['two', 'one'].map(name => loadCheckpoint(join(folder, name))))
        expect(greatestDifference(left!.tensors, right!.tensors)).toBeLessThan(1e-4)
      },
      15 * MINUTES,
    )

    itInSteps(
      'with LoRA, merged into whole weights with the adapter beside them',
      async () => {
        const to = options('lora', { steps: 2 })
        const { events } = await train(to, { method: 'lora', lora: { rank: 4, alpha: 8 } })
        expect(Math.abs(events[0]!.loss - whole.events[0]!.loss)).toBeLessThan(1e-4)
        expect(existsSync(join(to.to, 'adapter', 'adapter_model.safetensors'))).toBe(true)
        const [before, after] = await Promise.all([student, to.to].map(loadCheckpoint))
        expect([...after!.tensors.keys()].sort()).toEqual([...before!.tensors.keys()].sort())
        expect(greatestDifference(before!.tensors, after!.tensors)).toBeGreaterThan(0)
      },
      15 * MINUTES,
    )

    it(
      "whose labels are ours, in TRL's own batches, packed and not",
      async () => {
        const rows = join(folder, 'rows.jsonl')
        await exportRows(dialectNamed('trl'), examples as never[], rows)
        const { stdout } = await promisify(execFile)(python, ['test/trl-labels.py', student, rows], {
          env: { ...process.env, HF_DATASETS_CACHE: join(folder, 'cache'), HF_HUB_OFFLINE: '1' },
          maxBuffer: 1 << 28,
        })
        const batches = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<'plain' | 'packed', number[][][]>
        const ours = examples.map(({ input_ids, labels }) =>
          input_ids.map((id, at) => [id, at === 0 ? -100 : labels[at]!]),
        )
        for (const kind of ['plain', 'packed'] as const) {
          expect(batches[kind].map(row => JSON.stringify(row)).sort()).toEqual(
            ours.map(row => JSON.stringify(row)).sort(),
          )
        }
      },
      15 * MINUTES,
    )

    /** Trains in a process of its own, kills that process at a step, and returns the id of the training's process. */
    async function startAndKill(to: TrainOptions, step: number): Promise<number> {
      const code = `
      const { createTrlEngine } = await import(${JSON.stringify(compiledSource('train/trl/engine.ts'))})
      const [examples, to, python] = JSON.parse(process.argv[1])
      for await (const event of createTrlEngine({ python }).train(examples, to)) console.log(event.step)`
      const input = JSON.stringify([examples, to, python])
      const parent = spawn(process.execPath, ['--input-type=module', '-e', code, input], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const closed = new Promise(resolve => parent.on('close', resolve))
      let child = 0
      for await (const line of createInterface({ input: parent.stdout })) {
        if (child === 0) child = await childOf(parent.pid!)
        if (Number(line) === step) parent.kill('SIGKILL')
      }
      await closed
      return child
    }
  },
)

async function childOf(parent: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(parent)])
  return Number(stdout.trim().split('\n')[0])
}

function isAlive(pid: number): boolean {
  // An ended process whose parent has not asked after it counts as ended.
  const status = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
  return status !== '' && !/\) Z /.test(status)
}

function greatestDifference(
  left: Map<string, { data: Float32Array }>,
  right: Map<string, { data: Float32Array }>,
): number {
  let greatest = 0
  for (const [name, { data }] of left) {
    const other = right.get(name)!.data
    for (let at = 0; at < data.length; at++) greatest = Math.max(greatest, Math.abs(data[at]! - other[at]!))
  }
  return greatest
}
