/**
 * Has a provider train on a file of rows, and tells how far it is.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import { dialectNamed } from '../export/index.ts'
import { createProgress } from '../pipeline/progress.ts'
import type { Bar } from '../pipeline/screen.ts'
import { readJsonl } from '../store/jsonl.ts'
import { fineTune, type HostedEvent, type HostedOptions, type Retry } from '../train/index.ts'
import { withInterruption } from './interruption.ts'
import { safeText } from './safe-text.ts'

export interface FineTuneFileOptions extends Pick<HostedOptions, 'model' | 'url' | 'key' | 'suffix' | 'seed'> {
  state?: string
  set?: Record<string, unknown>
  poll?: number
  json?: boolean
}

/**
 * Prints the new model's name, and nothing else, to standard output.
 *
 * @throws {MisstepError} `usage` or `data` when the file has no rows of the dialect; and as `fineTune`
 */
export async function fineTuneFile(file: string, options: FineTuneFileOptions): Promise<void> {
  await checkRows(file)
  const { set, poll, json, state = `${file}.job.json`, ...rest } = options
  const given = {
    ...rest,
    file,
    state,
    ...(set && { hyperparameters: set }),
    ...(poll !== undefined && { pollSeconds: poll }),
  }
  const result = await withInterruption(async signal => {
    const tell = createTeller()
    try {
      const job = fineTune(given, { signal, onRetry: tell.retry })
      for (;;) {
        const { done, value } = await job.next()
        if (done) return value
        tell.event(value)
      }
    } finally {
      tell.end()
    }
  })
  if (json) console.log(JSON.stringify(result))
  else console.log(safeText(result.model))
}

/** Before anything is uploaded, and paid for. */
async function checkRows(file: string): Promise<void> {
  const what = 'The file does not hold rows as `misstep export --to openai` writes them'
  let rows = 0
  try {
    for await (const _ of readJsonl(file, dialectNamed('openai').schema)) rows++
  } catch (cause) {
    if (!(cause instanceof MisstepError && cause.code === 'data')) throw cause
    throw new MisstepError('data', what, { advice: cause.message, cause })
  }
  if (rows === 0) throw new MisstepError('data', what, { value: file, advice: 'It is empty.' })
}

function createTeller() {
  const progress = createProgress()
  let bar: Bar | undefined
  let steps = 0
  return {
    event(event: HostedEvent) {
      if (event.kind === 'uploaded') progress.note(`uploaded as ${safeText(event.file)}`)
      if (event.kind === 'started') progress.note(`job ${safeText(event.job)}`)
      if (event.kind === 'status') progress.note(`the provider says: ${safeText(event.status)}`)
      if (event.kind !== 'step') return
      bar ??= progress.stage('fine-tuning', event.steps ?? 0, 'steps')
      bar.advance(event.step - steps, `loss ${event.loss.toFixed(3)}`)
      steps = event.step
    },
    retry({ cause, seconds }: Retry) {
      progress.note(`no answer from the provider (${safeText(cause)}); again in ${Math.ceil(seconds)} s`)
    },
    end: () => bar?.end(),
  }
}
