/**
 * Fine-tuning at a provider that speaks OpenAI's protocol: upload, start, wait, fetch the model's name.
 * @module
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import { parseJson } from '../../core/parse-json.ts'
import { writeFileAtomically } from '../../store/atomic-file.ts'
import { hashFile, hashValue } from '../../store/hash.ts'
import { type Api, ApiError, openApi, type Retry } from './api.ts'
import { type HostedOptions, hostedOptionsSchema, type ResolvedHostedOptions } from './options.ts'

/** How far it is. */
export type HostedEvent =
  | { kind: 'uploaded'; file: string }
  | { kind: 'started'; job: string }
  | { kind: 'status'; status: string }
  | { kind: 'step'; step: number; steps?: number; loss: number }

export interface HostedResult {
  /** What to ask the provider's chat endpoint for. */
  model: string
  job: string
  /** Tokens that the provider has trained and charges for, where it tells. */
  trainedTokens?: number
}

const fileSchema = z.looseObject({ id: z.string(), filename: z.string().optional(), bytes: z.number().optional() })
const jobSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  fine_tuned_model: z.string().nullish(),
  training_file: z.string().nullish(),
  trained_tokens: z.number().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  error: z.looseObject({ message: z.string().nullish() }).nullish(),
})
const eventSchema = z.looseObject({
  id: z.string(),
  data: z
    .looseObject({ step: z.number(), total_steps: z.number().optional(), train_loss: z.number() })
    .nullish()
    .catch(null),
})
const listOf = <T extends z.ZodType>(item: T) =>
  z.looseObject({ data: z.array(item), has_more: z.boolean().optional() })

const stateSchema = z.object({ run: z.string(), file: z.string().optional(), job: z.string().optional() })
type State = z.infer<typeof stateSchema>

export interface FineTuneControl {
  /** Stops waiting. The job goes on at the provider. */
  signal?: AbortSignal
  /** Milliseconds before a request is first sent again. Default: 1000. */
  firstWait?: number
  /** Told of each request that is sent again, and why. */
  onRetry?: (retry: Retry) => void
}

/**
 * Uploads the rows, starts a job, waits for its end and returns the new model's name. What was done is written into the
 * state file: called again after a crash, it goes on, and nothing is uploaded or paid for twice, even if the crash came
 * between an answer and its note.
 *
 * @throws {MisstepError} `usage` when the key is missing; `train` when the provider refuses or the job fails;
 * `interrupted` when the signal stopped the waiting
 * @example
 * const job = fineTune({ model: 'gpt-4.1-mini-2025-04-14', file: 'train.jsonl', state: 'job.json' })
 * for await (const event of job) console.log(event)
 */
export async function* fineTune(
  input: HostedOptions,
  control: FineTuneControl = {},
): AsyncGenerator<HostedEvent, HostedResult> {
  const options = checkOptions(input)
  const key = process.env[options.key]
  if (!key) {
    throw new MisstepError('usage', 'The key of the provider is not in the environment', {
      value: options.key,
      advice: `Set it: export ${options.key}=… (in no file of the project).`,
    })
  }
  const api = openApi({ ...options, ...control, key })
  let known: State | undefined
  try {
    const { model, file, seed, suffix, hyperparameters } = options
    const run = hashValue({ rows: await hashFile(file), model, seed, suffix, hyperparameters }).slice(0, 32)
    const state = readState(options.state, run)
    known = state
    const note = (more: Partial<State>) => {
      Object.assign(state, more)
      writeFileAtomically(options.state, `${JSON.stringify(state, null, 2)}\n`)
    }
    if (state.job === undefined) {
      if (state.file === undefined) note({ file: await upload(api, file, run) })
      yield { kind: 'uploaded', file: state.file! }
      note({ job: await start(api, options, state.file!, run) })
    }
    yield { kind: 'started', job: state.job! }
    return yield* wait(api, state.job!, options, control.signal)
  } catch (error) {
    if (!control.signal?.aborted) throw error
    throw stopped(known, error)
  }
}

/** What goes on at the provider is paid for, so it is said how far it came: as far as the state tells. */
function stopped(state: State | undefined, cause: unknown): MisstepError {
  const [what, advice] =
    state?.job !== undefined
      ? ['No longer waiting for the provider; the job goes on there', 'The same command waits for it again.']
      : state?.file !== undefined
        ? ['Stopped: the rows are uploaded; no job is known', 'The same command looks for one, and else starts it.']
        : ['Stopped: no upload and no job are known', 'The same command looks for them, and else begins.']
  return new MisstepError('interrupted', what, { advice, cause })
}

function checkOptions(input: HostedOptions): ResolvedHostedOptions {
  const result = hostedOptionsSchema.safeParse(input)
  if (result.success) return result.data
  throw new MisstepError('usage', `The options of the fine-tuning are wrong: ${z.prettifyError(result.error)}`)
}

async function upload(api: Api, path: string, run: string): Promise<string> {
  const name = `misstep-${run}.jsonl`
  const bytes = statSync(path).size
  const find = async () => {
    const { data } = listOf(fileSchema).parse(await api.get('/files?purpose=fine-tune&limit=100'))
    return data.find(file => file.filename === name && file.bytes === bytes)
  }
  const body = () => {
    const form = new FormData()
    form.append('purpose', 'fine-tune')
    form.append('file', new Blob([readFileSync(path)]), name)
    return form
  }
  const known = await find()
  return fileSchema.parse(known ?? (await api.create('/files', body, find))).id
}

/** A job that ended without a model is none: the user starts over by running the command again. */
const FAILED = new Set(['failed', 'cancelled'])

async function start(api: Api, options: ResolvedHostedOptions, file: string, run: string): Promise<string> {
  const find = async () => {
    const { data } = listOf(jobSchema).parse(await api.get(`/fine_tuning/jobs?limit=100&metadata[misstep_run]=${run}`))
    return data.find(job => job.metadata?.misstep_run === run && !FAILED.has(job.status))
  }
  const { model, suffix, seed, hyperparameters } = options
  const body = () => ({
    model,
    training_file: file,
    ...(suffix !== undefined && { suffix }),
    ...(seed !== undefined && { seed }),
    method: { type: 'supervised', supervised: { hyperparameters } },
    metadata: { misstep_run: run },
  })
  const known = await find()
  return jobSchema.parse(known ?? (await api.create('/fine_tuning/jobs', body, find))).id
}

async function* wait(
  api: Api,
  id: string,
  options: ResolvedHostedOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<HostedEvent, HostedResult> {
  const path = `/fine_tuning/jobs/${encodeURIComponent(id)}`
  let status = ''
  let lastStep = 0
  for (;;) {
    const job = jobSchema.parse(await api.get(path))
    if (job.status !== status) yield { kind: 'status', status: job.status }
    status = job.status
    for (const event of await stepsAfter(api, path, lastStep)) {
      lastStep = event.step
      yield event
    }
    if (status === 'succeeded') {
      if (!job.fine_tuned_model) throw new MisstepError('train', 'The job has ended without a model', { value: id })
      return {
        model: job.fine_tuned_model,
        job: id,
        ...(job.trained_tokens != null && { trainedTokens: job.trained_tokens }),
      }
    }
    if (FAILED.has(status)) {
      throw new MisstepError('train', `The provider's job ${id} ${status === 'failed' ? 'failed' : 'was cancelled'}`, {
        value: job.error?.message ?? '(it gives no reason)',
        advice: `Correct the cause, remove ${options.state} and run the same command again: that starts a new job.`,
      })
    }
    await sleep(options.pollSeconds * 1000, undefined, signal && { signal })
  }
}

/** What the job has told of its steps, in order. Some providers keep no such list: the job itself is what counts. */
async function stepsAfter(api: Api, path: string, last: number) {
  let list: unknown
  try {
    list = await api.get(`${path}/events?limit=100`)
  } catch (error) {
    if (error instanceof ApiError) return []
    throw error
  }
  const { data } = listOf(eventSchema).parse(list)
  const steps = data.flatMap(({ data }) => {
    if (!data || data.step <= last) return []
    const { step, total_steps: steps, train_loss: loss } = data
    return [{ kind: 'step' as const, step, loss, ...(steps !== undefined && { steps }) }]
  })
  return steps.sort((left, right) => left.step - right.step)
}

function readState(path: string, run: string): State {
  if (!existsSync(path)) return { run }
  const result = stateSchema.safeParse(parseJson(readFileSync(path, 'utf8')))
  if (result.success && result.data.run === run) return result.data
  throw new MisstepError(
    'usage',
    result.success ? 'The state file belongs to another job' : 'The state file is damaged',
    {
      value: path,
      advice: 'Give another state file, or remove this one: a job that it knows of then goes on unwatched.',
    },
  )
}
