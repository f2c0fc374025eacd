/**
 * Tells whoever waits how far the work is.
 * @module
 */
import { showCount, showRate, showSeconds, startPace, summary } from './pace.ts'
import type { Progress, Screen } from './screen.ts'
import { createTerminalProgress } from './terminal-progress.ts'

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
          screen.write(`${name}: ${showCount(done, total, unit)}, ${showRate(rate)}${left}${detail && `, ${detail}`}\n`)
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
