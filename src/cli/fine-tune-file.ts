/**
 * Has a provider train on a file of rows, and tells how far it is.
 * @module
 */
import { createProgress } from '../pipeline/progress.ts'
import type { Bar } from '../pipeline/screen.ts'
import { fineTune, type HostedEvent, type HostedOptions } from '../train/index.ts'
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
 * @throws {MisstepError} as `fineTune`
 */
export async function fineTuneFile(file: string, options: FineTuneFileOptions): Promise<void> {
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
      const job = fineTune(given, { signal })
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
    end: () => bar?.end(),
  }
}
