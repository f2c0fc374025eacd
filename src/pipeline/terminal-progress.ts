/**
 * A bar on a terminal: one line that is redrawn.
 * @module
 */
import type { Progress, Screen } from './progress.ts'
import { showRate, showSeconds, startPace, summary } from './progress.ts'

const BAR_WIDTH = 16
const NAME_WIDTH = 26
/** Milliseconds between two drawings: fast enough for the eye, slow enough to cost nothing. */
const REDRAW = 100

/** See `createProgress`. */
export function createTerminalProgress(screen: Screen, now: () => number): Progress {
  // Also keeps a note from being written into the middle of a bar.
  let line = ''
  const draw = (text: string) => {
    line = text.slice(0, (screen.columns ?? 80) - 1)
    screen.write(`\r${line}\u001b[K`)
  }
  return {
    stage: (name, total, unit, already = 0) => {
      const pace = startPace(total, already, now)
      let shown = Number.NEGATIVE_INFINITY
      const show = (detail: string) => {
        const { done, rate, secondsLeft } = pace.read()
        shown = now()
        const full = Math.round(BAR_WIDTH * Math.min(1, total > 0 ? done / total : 1))
        const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full)
        const left = secondsLeft === undefined ? '' : `  ${showSeconds(secondsLeft)} left`
        draw(
          `${name.padEnd(NAME_WIDTH)}  ${bar}  ${done}/${total} ${unit}  ${showRate(rate)}${left}${detail && `  ${detail}`}`,
        )
      }
      show('')
      return {
        advance: (units = 1, detail = '') => {
          pace.advance(units)
          if (now() - shown >= REDRAW) show(detail)
        },
        end: () => {
          draw(summary(name, unit, pace.read(), already))
          screen.write('\n')
          line = ''
        },
      }
    },
    note: text => {
      screen.write(`\r\u001b[K${text}\n${line}`)
    },
  }
}
