/**
 * Says who may send a request now: so many at once, so many a minute, and one alone while the endpoint is away.
 * @module
 */

export interface GateOptions {
  /** Requests under way at once. */
  atOnce: number
  /** Requests spread evenly over the minute, not sent all at its beginning. Default: as many as there are. */
  perMinute?: number | undefined
  /** Milliseconds in which the places fill again after the endpoint was away. */
  refill: number
}

export interface Gate {
  /** Whether the endpoint is away: nobody enters but one at a time, who finds out whether it is back. */
  readonly isAway: boolean
  /**
   * Waits for a place, in the order in which it was asked for.
   *
   * @returns whether it is the one that finds out
   */
  enter(): boolean | Promise<boolean>
  /** Gives the place back, with what `enter` has said. */
  leave(isProbe: boolean): void
  /** Nobody enters for so many milliseconds. */
  pause(milliseconds: number): void
  /** The endpoint does not answer; the next one enters after so many milliseconds. */
  away(milliseconds: number): void
  /** The endpoint has answered. */
  back(): void
  /** Turns away all that wait. */
  refuse(error: Error): void
}

interface Waiting {
  resolve: (isProbe: boolean) => void
  reject: (error: Error) => void
}

/** Milliseconds that a timer may be late without a place in the minute being lost. */
const SLACK = 100

/**
 * @example
 * const gate = createGate({ atOnce: 32, refill: 1000 })
 * const isProbe = await gate.enter()
 * await send()
 * gate.leave(isProbe)
 */
export function createGate({ atOnce, perMinute, refill }: GateOptions): Gate {
  const gap = perMinute === undefined ? 0 : 60_000 / perMinute
  const line: Waiting[] = []
  let inside = 0
  let isAway = false
  let isProbing = false
  /** Times of the clock: nobody enters before the first two, nor before the third while the endpoint is away. */
  let opensAt = 0
  let nextAt = 0
  let probesAt = 0
  let refilledAt = 0
  let timer: NodeJS.Timeout | undefined

  /** Milliseconds until somebody may enter; infinite until somebody leaves. */
  const untilEntry = (now: number) => {
    if (isAway ? isProbing : inside >= atOnce) return Number.POSITIVE_INFINITY
    return Math.max(opensAt, nextAt, isAway ? probesAt : 0) - now
  }
  const admit = (now: number) => {
    inside++
    isProbing = isAway
    nextAt = Math.max(nextAt, now - SLACK) + Math.max(gap, now < refilledAt ? refill / atOnce : 0)
    return isAway
  }
  const advance = () => {
    clearTimeout(timer)
    timer = undefined
    while (line.length > 0) {
      const now = performance.now()
      const wait = untilEntry(now)
      if (wait <= 0) line.shift()!.resolve(admit(now))
      else {
        if (wait < Number.POSITIVE_INFINITY) timer = setTimeout(advance, wait)
        return
      }
    }
  }

  return {
    get isAway() {
      return isAway
    },
    enter() {
      const now = performance.now()
      if (line.length === 0 && untilEntry(now) <= 0) return admit(now)
      return new Promise((resolve, reject) => {
        line.push({ resolve, reject })
        if (!timer) advance()
      })
    },
    leave(isProbe) {
      inside--
      if (isProbe) isProbing = false
      if (line.length > 0) advance()
    },
    pause(milliseconds) {
      opensAt = Math.max(opensAt, performance.now() + milliseconds)
    },
    away(milliseconds) {
      isAway = true
      probesAt = performance.now() + milliseconds
    },
    back() {
      if (!isAway) return
      isAway = false
      isProbing = false
      refilledAt = performance.now() + refill
      advance()
    },
    refuse(error) {
      isAway = false
      clearTimeout(timer)
      timer = undefined
      for (const { reject } of line.splice(0)) reject(error)
    },
  }
}
