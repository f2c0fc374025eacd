/**
 * The log of a run: what was done when. The only file of a run, beside the report, that holds times.
 * @module
 */
import { z } from 'zod'
import { openJsonl, readJsonl } from '../store/jsonl.ts'
import type { Progress } from './screen.ts'

const logLineSchema = z.looseObject({ time: z.iso.datetime(), event: z.string() })

export interface RunLog {
  write(event: string, details?: Record<string, unknown>): void
  close(): void
}

/** Opens the log; each process that works on a run begins with the event `begin`. */
export function openRunLog(path: string): RunLog {
  const file = openJsonl(path)
  return {
    write: (event, details) => file.append({ time: new Date().toISOString(), event, ...details }),
    close: file.close,
  }
}

/**
 * Seconds that all processes together worked on a run: for each, from its `begin` to its last line. The time between
 * them does not count.
 */
export async function wallSeconds(path: string): Promise<number> {
  let sum = 0
  let last: number | undefined
  for await (const { time, event } of readJsonl(path, logLineSchema)) {
    const at = Date.parse(time)
    if (event !== 'begin' && last !== undefined) sum += at - last
    last = at
  }
  return sum / 1000
}

/** The same progress; every 5 seconds it also leaves a line in the log, so that little of a killed process is unknown. */
export function withLog(progress: Progress, log: RunLog): Progress {
  return {
    note: text => progress.note(text),
    stage: (name, total, unit, already = 0) => {
      const bar = progress.stage(name, total, unit, already)
      let done = already
      let written = Date.now()
      return {
        advance: (units = 1, detail) => {
          done += units
          bar.advance(units, detail)
          if (Date.now() - written < 5000) return
          written = Date.now()
          log.write('progress', { stage: name, done, total, unit })
        },
        end: () => bar.end(),
      }
    },
  }
}
