/**
 * A bar on a terminal: one line that is redrawn.
 * @module
 */
import { showCount, showRate, showSeconds, startPace, summary } from './pace.ts'
import type { Progress, Screen } from './screen.ts'

const NAME_WIDTH = 26
/** Fewest and most characters of a bar: it takes what the words leave. */
const BAR_WIDTH = [4, 24] as const
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
        const left = secondsLeft === undefined ? '' : `  ${showSeconds(secondsLeft)} left`
        const head = `${name.padEnd(NAME_WIDTH)}  `
        const tail = `  ${showCount(done, total, unit)}  ${showRate(rate)}${left}${detail && `  ${detail}`}`
        const room = (screen.columns ?? 80) - 1 - head.length - tail.length
        const width = Math.max(BAR_WIDTH[0], Math.min(BAR_WIDTH[1], room))
        const full = Math.round(width * Math.min(1, total > 0 ? done / total : 0))
        draw(`${head}${'█'.repeat(full)}${'░'.repeat(width - full)}${tail}`)
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
