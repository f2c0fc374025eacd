/**
 * Gets an answer from an endpoint: many requests at once, no more a minute than allowed, and again where that may help.
 * @module
 */
import PQueue from 'p-queue'
import { MisstepError } from '../../core/errors.ts'
import { takeTurn } from '../../core/short-turns.ts'
import type { ResolvedEndpoint } from './endpoint.ts'
import { createPoster, type Posted } from './post.ts'
import { type ReadAnswer, readAnswer } from './read-answer.ts'
import { backOff, isTrouble, type Trouble } from './trouble.ts'

export interface ExchangerOptions {
  key: string | undefined
  /** Milliseconds before a request is first sent again. */
  firstWait: number
  onRetry: () => void
}

export interface Exchanger {
  /** @throws {MisstepError} `model` when there is no answer to be had; `interrupted` once it is closed */
  exchange(body: string): Promise<ReadAnswer>
  close(): void
}

/** A longer wait is a matter for people: a quota of the day, not a busy minute. */
const LONGEST_WAIT = 600_000

/** Opens the way to an endpoint. The key is in no error of it. */
export function createExchanger(endpoint: ResolvedEndpoint, options: ExchangerOptions): Exchanger {
  const { requestsAtOnce, requestsPerMinute, timeoutSeconds, retries } = endpoint
  const { key, firstWait, onRetry } = options
  const queue = new PQueue({ concurrency: requestsAtOnce, ...pace(requestsPerMinute) })
  const poster = createPoster(completionsUrl(endpoint.url), {
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    connections: requestsAtOnce,
    timeoutSeconds,
  })
  /** What is told when the way is closed; a signal with a thousand listeners would be slow to add one. */
  const ends = new Set<() => void>()
  let isClosed = false
  let answered = 0
  let pausedUntil = 0

  const sleep = (milliseconds: number) =>
    new Promise<void>(resolve => {
      const end = () => {
        clearTimeout(timer)
        ends.delete(end)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      ends.add(end)
    })

  /** Nobody sends anything for a while. */
  const pause = async (milliseconds: number) => {
    const until = Date.now() + milliseconds
    if (until <= pausedUntil) return
    pausedUntil = until
    queue.pause()
    await sleep(milliseconds)
    if (pausedUntil === until) queue.start()
  }

  const failed = (trouble: Trouble, attempts: number) => {
    const tries = attempts > 1 ? `, ${attempts} times` : ''
    return new MisstepError('model', `${trouble.what}${tries}`, {
      ...(trouble.value !== undefined && { value: hide(trouble.value, key) }),
      advice: trouble.advice,
    })
  }

  const keepAsking = async (body: string): Promise<ReadAnswer> => {
    let attempts = 0
    let before = answered
    let wait = 0
    const attempt = async () => {
      const read = readPosted(await poster.post(body))
      if (!isTrouble(read)) return read
      // Told to slow down, a request waits as long as others get their answers.
      attempts = read.slowDown && answered > before ? 1 : attempts + 1
      before = answered
      wait = Math.max(read.wait ?? 0, backOff(attempts - 1, firstWait))
      // Here, before the queue sends the next one.
      if (read.slowDown || read.wait !== undefined) void pause(Math.min(wait, LONGEST_WAIT))
      return read
    }
    for (;;) {
      const read = await queue.add(attempt)
      await takeTurn()
      if (!isTrouble(read)) {
        answered++
        return hideIn(read, key)
      }
      const isHopeless = read.again === 'no' || (read.again === 'proven' && answered === 0) || wait > LONGEST_WAIT
      if (isHopeless || attempts > retries) throw failed(read, attempts)
      onRetry()
      await sleep(wait)
      if (isClosed) throw interrupted()
    }
  }

  return {
    exchange: body =>
      new Promise((resolve, reject) => {
        const end = () => reject(interrupted())
        if (isClosed) return end()
        ends.add(end)
        keepAsking(body)
          .then(resolve, reject)
          .finally(() => ends.delete(end))
      }),
    close() {
      isClosed = true
      queue.clear()
      for (const end of ends) end()
      poster.close()
    },
  }
}

const readPosted = (posted: Posted | Trouble) => (isTrouble(posted) ? posted : readAnswer(posted))

const interrupted = () => new MisstepError('interrupted', 'The model was closed while it was answering')

/** Requests spread evenly over the minute, not sent all at its beginning. */
function pace(perMinute: number | undefined): { interval?: number; intervalCap?: number } {
  if (perMinute === undefined) return {}
  const interval = Math.max(100, 60_000 / perMinute)
  return { interval, intervalCap: Math.max(1, Math.floor((perMinute * interval) / 60_000)) }
}

function completionsUrl(base: string): URL {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/chat/completions`
  return url
}

/** A shorter key is none: local servers take any word for it, and words occur in answers. */
const SHORTEST_KEY = 8

/** A server may show a key that it was sent. */
export function hide(text: string, key: string | undefined): string {
  return key !== undefined && key.length >= SHORTEST_KEY ? text.replaceAll(key, '***') : text
}

function hideIn(answer: ReadAnswer, key: string | undefined): ReadAnswer {
  if (key === undefined) return answer
  const { text, toolCall } = answer
  return {
    ...answer,
    text: hide(text, key),
    ...(toolCall && { toolCall: { name: hide(toolCall.name, key), arguments: hide(toolCall.arguments, key) } }),
  }
}
