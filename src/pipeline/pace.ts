/**
 * How fast work goes, in numbers and in words.
 * @module
 */

/** How far a bar is, and how fast. */
export interface Pace {
  done: number
  /** Units a second in this process; 0 when nothing was done yet. */
  rate: number
  seconds: number
  /** `undefined` as long as there is no rate, or where nobody knows how many units there are. */
  secondsLeft: number | undefined
}

/** Counts units and measures how fast they come. */
export function startPace(total: number, already: number, now: () => number) {
  const begun = now()
  let done = already
  const read = (): Pace => {
    const seconds = (now() - begun) / 1000
    const rate = seconds > 0 ? (done - already) / seconds : 0
    return { done, rate, seconds, secondsLeft: rate > 0 && total > 0 ? Math.max(0, total - done) / rate : undefined }
  }
  return {
    read,
    advance: (units: number) => {
      done += units
      return read()
    },
  }
}

/** `150/400 episodes`; of an unknown number: `150 episodes`. */
export function showCount(done: number, total: number, unit: string): string {
  return total > 0 ? `${done}/${total} ${unit}` : `${done} ${unit}`
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
