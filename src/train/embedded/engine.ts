/**
 * The engine that trains small students in this process, on the processor alone.
 * @module
 */
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { loadCheckpoint, saveCheckpoint } from '../../checkpoint/index.ts'
import type { Engine, TrainEvent, TrainOptions } from '../../core/engine.ts'
import { MisstepError } from '../../core/errors.ts'
import type { Example } from '../../core/example.ts'
import { createTrainer } from './create-trainer.ts'
import { neededLength, type Row } from './micro-batches.ts'
import { longestOfSteps, stepOrder } from './order.ts'

/**
 * Trains a Llama checkpoint with AdamW. While it trains, its state lies in `<to>.state`: called again with the same
 * examples and options after an interruption of any kind, it goes on from there and ends with the very same weights.
 * The events begin after the last saved step. States that cannot be used are named in a process warning and passed over.
 *
 * @example
 * for await (const { step, loss } of embeddedEngine.train(examples, options)) console.log(step, loss)
 */
export const embeddedEngine: Engine = {
  name: 'embedded',
  async *train(examples, { adapters, ...options }) {
    const rows = examples.map(toRow)
    if (rows.length === 0) throw new MisstepError('train', 'There are no examples to train on')
    const { config, trainer } = await begin(rows, options, adapters)
    const stateFolder = `${options.to}.state`
    try {
      for (const problem of await trainer.resume(stateFolder)) process.emitWarning(problem, 'MisstepWarning')
      yield* steps(trainer, rows, options, stateFolder)
      await saveCheckpoint(options.to, { config, tensors: trainer.tensors(), tokenizerFrom: options.from })
      await rm(stateFolder, { recursive: true, force: true })
    } finally {
      await trainer.close()
    }
  },
}

/** The weights as they were read end with this function: the trainer has copied them. */
async function begin(rows: readonly Row[], options: TrainOptions, adapters: TrainOptions['adapters']) {
  const { config, tensors, sha256 } = await loadCheckpoint(options.from)
  const lengths = rows.map(row => row.ids.length)
  const order = stepOrder(lengths, options.batchTokens, options.seed)
  const [longestRow = 0, ...furtherRows] = longestOfSteps(order, lengths, options.steps)
  const trainer = createTrainer(
    { config, tensors },
    {
      ...options,
      ...(adapters && { adapters: { ...adapters, seed: options.seed } }),
      longestRow,
      furtherRows,
      run: fingerprint(sha256, rows, options),
    },
  )
  return { config, trainer }
}

async function* steps(
  trainer: ReturnType<typeof createTrainer>,
  rows: readonly Row[],
  options: TrainOptions,
  stateFolder: string,
): AsyncGenerator<TrainEvent> {
  const lengths = rows.map(row => row.ids.length)
  const order = stepOrder(lengths, options.batchTokens, options.seed)
  for (let step = 0; step < trainer.step; step++) order.next()
  while (trainer.step < options.steps) {
    if (options.signal?.aborted) {
      await trainer.save(stateFolder)
      throw new MisstepError('interrupted', `Training was stopped after step ${trainer.step} of ${options.steps}`, {
        advice: 'The same command goes on from there.',
      })
    }
    const event = await trainer.train(order.next().value.map(index => rows[index]!))
    // The event first: whoever keeps a log must have it before the step counts as done.
    yield event
    if (event.step % options.saveEvery === 0 && event.step < options.steps) await trainer.save(stateFolder)
  }
}

function toRow({ id, input_ids: ids, labels, weights }: Example): Row {
  const row = { ids, labels, ...(weights && { weights }) }
  if (neededLength(row) === 0) {
    throw new MisstepError('mask', 'An example has no trained token', {
      value: id,
      advice: 'Leave it out, or look at its mask with `misstep lint`.',
    })
  }
  return row
}

/** Names the start, the data and the order of a training run. */
function fingerprint(sha256: string, rows: readonly Row[], { batchTokens, seed }: TrainOptions): string {
  const digest = createHash('sha256')
  for (const { ids, labels, weights } of rows)
    digest.update(JSON.stringify(weights ? [ids, labels, weights] : [ids, labels]))
  return `${sha256} ${digest.digest('hex')} ${batchTokens} ${seed}`
}
