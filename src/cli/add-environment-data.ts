/**
 * Fetches the data of an environment, showing how far it is.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import { type AddProgress, addAlfworld } from '../environments/alfworld/download.ts'
import { createProgress } from '../pipeline/progress.ts'
import type { Bar } from '../pipeline/screen.ts'
import { withInterruption } from './interruption.ts'

/**
 * @throws {MisstepError} `usage` for an environment without data of its own, and whatever the download cannot do
 */
export async function addEnvironmentData(name: string, { from, url }: { from?: string; url?: string }): Promise<void> {
  if (name !== 'alfworld') {
    throw new MisstepError('usage', 'No data can be added for this environment', {
      value: name,
      advice: 'Only alfworld needs data: misstep env add alfworld.',
    })
  }
  const bars = createBars()
  const { folder, splits } = await withInterruption(signal =>
    addAlfworld({
      ...(from !== undefined && { from }),
      ...(url !== undefined && { url }),
      onProgress: bars.show,
      signal,
    }),
  ).finally(bars.end)
  const counts = Object.entries(splits).map(([split, games]) => `${split} ${games}`)
  console.log(`${folder}: ${counts.join(', ')} games`)
}

/** A bar a stage: megabytes of the download, then files that are read. */
function createBars() {
  const progress = createProgress()
  let stage = ''
  let bar: Bar | undefined
  let shown = 0
  const end = () => bar?.end()
  return {
    end,
    show: ({ stage: now, done, total }: AddProgress) => {
      const unit = now === 'download' ? 1e6 : 1
      if (now !== stage) {
        end()
        stage = now
        // A download may go on where it broke off.
        shown = now === 'download' ? Math.floor(done / unit) : 0
        bar = progress.stage(now, Math.ceil((total ?? 0) / unit), now === 'download' ? 'MB' : 'files', shown)
      }
      const units = Math.floor(done / unit)
      if (units > shown) bar?.advance(units - shown)
      shown = Math.max(shown, units)
    },
  }
}
