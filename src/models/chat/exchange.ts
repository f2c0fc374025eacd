/**
 * Gets an answer from an endpoint: many requests at once, no more a minute than allowed, and again where that may help.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { takeTurn } from '../../core/short-turns.ts'
import { apiUrl, type ResolvedEndpoint } from './endpoint.ts'
import { createGate } from './gate.ts'
import { createPoster, type Posted } from './post.ts'
import { createPostThread } from './post-thread.ts'
import { type ReadAnswer, readAnswer } from './read-answer.ts'
import type { Letter } from './request-body.ts'
import { backOff, isTrouble, patience, type Trouble } from './trouble.ts'

export interface ExchangerOptions {
  key: string | undefined
  /** Milliseconds before a request is first sent again. */
  firstWait: number
  onRetry: () => void
}

export interface Exchanger {
  /** @throws {MisstepError} `model` when there is no answer to be had; `interrupted` once it is closed */
  exchange(letter: Letter): Promise<ReadAnswer>
  close(): void
}

/** A longer wait is a matter for people: a quota of the day, not a busy minute. */
const LONGEST_WAIT = 600_000
/** Most time between two looks whether an endpoint that was away is back, in first waits. */
const LONGEST_LOOK = 2

/** From so many requests at once on, sending them is worth a thread of its own. */
const CROWD = 256

/** A request from its first attempt to its last. */
interface Asking {
  attempts: number
  /** How many answers the endpoint had given at the last failure, and when it was last sent. */
  before: number
  sent: number
  /** Whether it was sent alone to find out if the endpoint is back. */
  isProbe: boolean
}

/** Opens the way to an endpoint. The key is in no error of it. */
export function createExchanger(endpoint: ResolvedEndpoint, options: ExchangerOptions): Exchanger {
  const { requestsAtOnce, requestsPerMinute, timeoutSeconds, retries } = endpoint
  const { key, firstWait, onRetry } = options
  const gate = createGate({ atOnce: requestsAtOnce, perMinute: requestsPerMinute, refill: firstWait / 2 })
  const createPosts = requestsAtOnce < CROWD ? createPoster : createPostThread
  const poster = createPosts(apiUrl(endpoint.url, 'chat/completions'), {
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    connections: requestsAtOnce,
    timeoutSeconds,
  })
  /** What is told when the way is closed. */
  const ends = new Set<() => void>()
  let isClosed = false
  let answered = 0
  /** Since the endpoint is away: times that it was found so, and milliseconds waited in between. */
  let failures = 0
  let waited = 0

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

  const failed = (trouble: Trouble, attempts: number) => {
    const tries = attempts > 1 ? `, ${attempts} times` : ''
    return new MisstepError('model', `${trouble.what}${tries}`, {
      ...(trouble.value !== undefined && { value: hide(trouble.value, key) }),
      advice: trouble.advice,
    })
  }

  /** From now on one request at a time finds out whether it is back, for as long as each by itself would have tried. */
  const foundAway = (trouble: Trouble) => {
    const wait = Math.max(trouble.wait ?? 0, firstWait * Math.min(LONGEST_LOOK, 2 ** failures))
    failures++
    if (failures <= retries || waited < patience(retries, firstWait)) {
      waited += wait
      gate.away(wait)
      return
    }
    const error = failed(trouble, failures)
    failures = waited = 0
    gate.refuse(error)
    throw error
  }
  const foundThere = () => {
    if (!gate.isAway) return
    failures = waited = 0
    gate.back()
  }

  /**
   * @returns milliseconds until the request asks for a place again
   * @throws {MisstepError} `model` when there is no use in that
   */
  const handle = (trouble: Trouble, asking: Asking): number => {
    // Where others have been answered meanwhile, it is this request alone that has failed.
    const isAway = trouble.away === true && answered === asking.sent
    if (!trouble.away) foundThere()
    // Told to slow down, a request waits as long as others get their answers; one that finds out does it for all.
    if (trouble.slowDown && answered > asking.before) asking.attempts = 1
    else if (!(isAway && asking.isProbe)) asking.attempts++
    asking.before = answered
    const wait = Math.max(trouble.wait ?? 0, backOff(asking.attempts - 1, firstWait))
    if (trouble.slowDown || trouble.wait !== undefined) gate.pause(Math.min(wait, LONGEST_WAIT))
    const isHopeless = trouble.again === 'no' || (trouble.again === 'proven' && answered === 0) || wait > LONGEST_WAIT
    if (isHopeless || asking.attempts > retries) throw failed(trouble, asking.attempts)
    if (!isAway) return wait
    if (asking.isProbe || !gate.isAway) foundAway(trouble)
    return 0
  }

  return {
    async exchange(letter) {
      const asking: Asking = { attempts: 0, before: answered, sent: 0, isProbe: false }
      for (let isAgain = false; !isClosed; isAgain = true) {
        asking.isProbe = await gate.enter()
        if (isAgain) onRetry()
        asking.sent = answered
        const read = readPosted(await poster.post(letter.text()))
        if (isClosed) break
        let wait = 0
        try {
          if (isTrouble(read)) wait = handle(read, asking)
          else {
            answered++
            foundThere()
          }
        } finally {
          // Only now, since the next one enters here.
          gate.leave(asking.isProbe)
        }
        await takeTurn()
        if (!isTrouble(read)) return hideIn(read, key)
        if (wait > 0) await sleep(wait)
      }
      throw interrupted()
    },
    close() {
      isClosed = true
      gate.refuse(interrupted())
      for (const end of ends) end()
      poster.close()
    },
  }
}

const readPosted = (posted: Posted | Trouble) => (isTrouble(posted) ? posted : readAnswer(posted))

const interrupted = () => new MisstepError('interrupted', 'The model was closed while it was answering')

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
