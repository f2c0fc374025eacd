/**
 * The engine that trains with TRL, in the user's own Python.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { type Engine, type TrainEvent, type TrainOptions, trainEventSchema } from '../../core/engine.ts'
import { MisstepError } from '../../core/errors.ts'
import { type Example, isWholeWeight, NO_LOSS } from '../../core/example.ts'
import { countTrained } from '../../render/index.ts'
import { writeFileAtomically } from '../../store/atomic-file.ts'
import { hashFolder, hashValue } from '../../store/hash.ts'
import { openJsonl } from '../../store/jsonl.ts'
import { collectCheckpoint } from './collect-checkpoint.ts'
import { explainFailure } from './explain-failure.ts'
import { missingPackages, OLDEST_TRL, probeMachine, pythonNamed } from './machine.ts'
import { type ResolvedTrlOptions, type TrlOptions, trlOptionsSchema } from './options.ts'
import { planTrl, type TrlPlan } from './plan.ts'
import type { RowFacts } from './plan-options.ts'
import { refuseOtherRows, type TokenCounts } from './rows-read.ts'
import { type ChildOptions, runChild } from './run-child.ts'
import { eventsUpTo, newestState } from './saved-states.ts'
import { CONFIG_FILE, LOG_FILE, MERGED_FOLDER, OUTPUT_FOLDER, ROWS_FILE, RUN_FILE } from './state-files.ts'
import { STOP_FILE } from './train-script.ts'

/**
 * An engine that runs TRL's own training script: all weights or LoRA, one process or many nodes. Its state lies in
 * `<to>.state`, with the configuration, the rows and the log: called again with the same examples and options after an
 * interruption of any kind, it goes on from the last saved step, after it has told of the steps before it once more.
 * Nothing is installed: what is missing is an error.
 *
 * @throws {MisstepError} `train` with the child's failure in words; `usage` when options do not fit
 * @example
 * const engine = createTrlEngine({ method: 'lora', sharding: 'fsdp2' })
 * for await (const { step, loss } of engine.train(examples, options)) console.log(step, loss)
 */
export function createTrlEngine(options: TrlOptions = {}): Engine {
  const { success, data: trl, error } = trlOptionsSchema.safeParse(options)
  if (!success) throw new MisstepError('usage', `The options of TRL are wrong: ${z.prettifyError(error)}`)
  return { name: 'trl', train: (examples, train) => trainWithTrl(trl, examples, absolute(train)) }
}

const absolute = (train: TrainOptions) => ({ ...train, from: resolve(train.from), to: resolve(train.to) })

async function* trainWithTrl(
  trl: ResolvedTrlOptions,
  examples: readonly Example[],
  train: TrainOptions,
): AsyncGenerator<TrainEvent> {
  const rows = factsOf(examples)
  const python = pythonNamed(trl.python)
  const machine = await probeMachine(python)
  refuseMissing(missingPackages(machine, trl.method === 'lora' ? ['peft'] : []), python)
  const folder = `${train.to}.state`
  const planned = { trl, train, machine, python, rows, folder }
  await prepareFolder(folder, planTrl(planned), examples, train)
  const resume = newestState(folder)
  const plan = planTrl({ ...planned, ...(resume && { resume: resume.path }) })
  for (const [name, text] of Object.entries(plan.files)) writeFileAtomically(join(folder, name), text)
  rmSync(join(folder, STOP_FILE), { force: true })
  if (resume) yield* eventsUpTo(folder, resume.step)
  if (resume?.step !== train.steps || !hasWeights(folder)) yield* follow(plan, folder, rows, train.signal)
  const output = join(folder, OUTPUT_FOLDER)
  const merged = plan.mergeCommand && (await mergeAdapter(plan, plan.mergeCommand, folder, train.signal))
  collectCheckpoint({
    from: train.from,
    to: train.to,
    weights: merged ?? output,
    ...(merged !== undefined && { adapter: output }),
  })
  rmSync(folder, { recursive: true, force: true })
}

/** Runs the child and passes its steps on. */
async function* follow(
  plan: TrlPlan,
  folder: string,
  rows: TokenCounts,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainEvent> {
  const child: ChildOptions = { ...plan, folder, ...(signal && { signal }) }
  const messages = runChild(child)
  let stopped = false
  let last: TrainEvent | undefined
  try {
    let next = await messages.next()
    for (; !next.done; next = await messages.next()) {
      const message = next.value
      if ('stopped' in message) stopped = true
      refuseOtherRows(message, rows)
      if (!('loss' in message)) continue
      last = readEvent(message)
      yield last
    }
    if (stopped || signal?.aborted) {
      const place = last ? `after step ${last.step} of ${last.steps}` : 'before its first step'
      throw new MisstepError('interrupted', `Training was stopped ${place}`, {
        advice: 'The same command goes on from the last saved step.',
      })
    }
    if (next.value.code !== 0) throw explainFailure(next.value, join(folder, LOG_FILE))
  } finally {
    // Whoever stops listening in the middle ends the child.
    await messages.return({ code: null, signal: null, output: '' })
  }
}

/** Merges the adapter into the weights that it was trained beside, in a folder of their own. */
async function mergeAdapter(
  plan: TrlPlan,
  command: readonly string[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const target = join(folder, MERGED_FOLDER)
  rmSync(target, { recursive: true, force: true })
  const messages = runChild({ ...plan, command, folder, ...(signal && { signal }) })
  let next = await messages.next()
  while (!next.done) next = await messages.next()
  if (next.value.code === 0) return target
  if (!signal?.aborted) throw explainFailure(next.value, join(folder, LOG_FILE))
  throw new MisstepError('interrupted', 'Training was stopped while the adapter was merged into the weights', {
    advice: 'The same command merges it again; all steps are done.',
  })
}

function readEvent(message: object): TrainEvent {
  const { data, error } = trainEventSchema.safeParse(message)
  if (data) return data
  throw new MisstepError('train', `The training tells of a step in other words: ${z.prettifyError(error)}`, {
    value: message,
    advice: 'Another version of TRL may do that; misstep doctor says which one is there.',
  })
}

/** Whether the last save of a training, after its last step, is there. */
const hasWeights = (folder: string) =>
  ['model.safetensors', 'model.safetensors.index.json', 'adapter_model.safetensors'].some(name =>
    existsSync(join(folder, OUTPUT_FOLDER, name)),
  )

/** Writes the rows; a folder of other training is named in a process warning and emptied. */
async function prepareFolder(
  folder: string,
  plan: TrlPlan,
  examples: readonly Example[],
  train: TrainOptions,
): Promise<void> {
  const file = join(folder, RUN_FILE)
  const rows = join(folder, ROWS_FILE)
  const known = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  // Where things lie, and how often they are saved, changes nothing of the weights.
  const config = plan.files[CONFIG_FILE]!.replaceAll(folder, '')
    .replaceAll(train.from, '')
    .replace(/^save_steps.*$/m, '')
  const settings = { config, layout: plan.layout, start: await hashFolder(train.from) }
  const run = `${hashValue(settings)} ${hashValue(examples.map(({ input_ids, labels }) => [input_ids, labels]))}`
  if (known === run && existsSync(rows)) return
  if (known !== undefined) {
    process.emitWarning(`The state ${folder} belongs to training with other data or options`, 'MisstepWarning')
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const lines = openJsonl(rows)
  try {
    for (const { input_ids, labels } of examples) lines.append({ input_ids, labels })
  } finally {
    lines.close()
  }
  writeFileAtomically(file, run)
}

function factsOf(examples: readonly Example[]): RowFacts & TokenCounts {
  if (examples.length === 0) throw new MisstepError('train', 'There are no examples to train on')
  let tokens = 0
  let trained = 0
  let longest = 0
  for (const { id, input_ids, labels, weights = [] } of examples) {
    if (!weights.every(isWholeWeight)) {
      throw new MisstepError('mask', 'TRL takes the weights 0 and 1 only, so the mask would be lost', {
        value: id,
        advice: 'Train with engine: embedded, which takes fractions, or render without weights.',
      })
    }
    if (labels.every((label, at) => label === NO_LOSS || at === 0)) {
      throw new MisstepError('mask', 'An example has no trained token', {
        value: id,
        advice: 'Leave it out, or look at its mask with `misstep lint`.',
      })
    }
    tokens += input_ids.length
    trained += countTrained({ labels })
    longest = Math.max(longest, input_ids.length)
  }
  return { rows: examples.length, tokens, trained, longest }
}

function refuseMissing(missing: readonly string[], python: string): void {
  if (missing.length === 0) return
  const install = missing.map(name => (name === 'trl' ? `"trl>=${OLDEST_TRL}"` : `"${name}"`)).join(' ')
  throw new MisstepError('train', `The Python for TRL lacks ${missing.join(', ')}`, {
    value: python,
    advice: `Run ${python} -m pip install ${install}; misstep doctor says what is there.`,
  })
}
