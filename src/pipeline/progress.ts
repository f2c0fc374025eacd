/**
 * Tells whoever waits how far the work is.
 * @module
 */
import { createTerminalProgress } from './terminal-progress.ts'

/** Where a pipeline reports to. */
export interface Progress {
  /**
   * Opens the bar of a piece of work; one is open at a time.
   *
   * @param total how many units there are in all
   * @param unit in the plural, such as `episodes`
   * @param done how many of them an earlier run has done already; they do not count for the rate
   */
  stage(name: string, total: number, unit: string, done?: number): Bar
  /** One line of its own. */
  note(text: string): void
}

export interface Bar {
  /** So many units more are done; the detail, such as `loss 1.23`, stands at the end of the line. */
  advance(units?: number, detail?: string): void
  /** The work is over: leaves one line with what was done, and how fast. */
  end(): void
}

/** How far a bar is, and how fast. */
export interface Pace {
  done: number
  /** Units a second in this process; 0 when nothing was done yet. */
  rate: number
  seconds: number
  /** `undefined` as long as there is no rate. */
  secondsLeft: number | undefined
}

/** A progress that says nothing. */
export const silentProgress: Progress = {
  stage: () => ({ advance: () => {}, end: () => {} }),
  note: () => {},
}

/** The same progress with something before each name, such as `[3/14]`. */
export function withPrefix(progress: Progress, prefix: string): Progress {
  return {
    note: text => progress.note(`${prefix} ${text}`),
    stage: (name, ...rest) => progress.stage(`${prefix} ${name}`, ...rest),
  }
}

/** What progress is written to: `process.stderr`, or anything like it. */
export interface Screen {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

/**
 * Bars that are redrawn on a terminal; elsewhere, such as in a log of a build machine, a plain line now and then.
 *
 * @param screen default: standard error, so that standard output stays for results
 * @param now the clock, in milliseconds
 * @example
 * const progress = createProgress()
 * const bar = progress.stage('golden', 150, 'episodes')
 * for await (const trajectory of play(options)) bar.advance()
 * bar.end()
 */
export function createProgress(screen: Screen = process.stderr, now: () => number = Date.now): Progress {
  return screen.isTTY ? createTerminalProgress(screen, now) : createPlainProgress(screen, now)
}

/** A line at most every 5 seconds, and one at the end. */
function createPlainProgress(screen: Screen, now: () => number): Progress {
  return {
    stage: (name, total, unit, already = 0) => {
      const pace = startPace(total, already, now)
      let shown = now()
      return {
        advance: (units = 1, detail = '') => {
          const { done, rate, secondsLeft } = pace.advance(units)
          if (now() - shown < 5000) return
          shown = now()
          const left = secondsLeft === undefined ? '' : `, ${showSeconds(secondsLeft)} left`
          screen.write(`${name}: ${done}/${total} ${unit}, ${showRate(rate)}${left}${detail && `, ${detail}`}\n`)
        },
        end: () => {
          screen.write(`${summary(name, unit, pace.read(), already)}\n`)
        },
      }
    },
    note: text => {
      screen.write(`${text}\n`)
    },
  }
}

/** Counts units and measures how fast they come. */
export function startPace(total: number, already: number, now: () => number) {
  const begun = now()
  let done = already
  const read = (): Pace => {
    const seconds = (now() - begun) / 1000
    const rate = seconds > 0 ? (done - already) / seconds : 0
    return { done, rate, seconds, secondsLeft: rate > 0 ? Math.max(0, total - done) / rate : undefined }
  }
  return {
    read,
    advance: (units: number) => {
      done += units
      return read()
    },
  }
}

/** `golden: 150 episodes in 3.1 s (48.4/s), 20 of them before`. */
export function summary(name: string, unit: string, { done, rate, seconds }: Pace, already: number): string {
  const before = already > 0 ? `, ${already} of them before` : ''
  return `${name}: ${done} ${unit} in ${showSeconds(seconds)} (${showRate(rate)})${before}`
}

/** `48.4/s`; slower than one a second: `3.2 s each`. */
export function showRate(rate: number): string {
  if (rate === 0) return 'not yet known'
  if (rate < 1) return `${(1 / rate).toFixed(1)} s each`
  return `${rate < 100 ? rate.toFixed(1) : Math.round(rate)}/s`
}

/** `3.1 s`, `42 s`, `4 min 05 s`, `1 h 02 min`. */
export function showSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
}
