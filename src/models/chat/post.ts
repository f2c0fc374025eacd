/**
 * Sends the body of a request and takes the answer, over connections that are kept open.
 *
 * Not by `fetch` or `node:http`: for each request they take about seven times and twice the processor time of undici's
 * pool (measured on Node 20), too much for thousands of them a second.
 * @module
 */
import type { Dispatcher, Pool } from 'undici'
import type { Trouble } from './trouble.ts'

export interface Posted {
  status: number
  /** The media type without parameters, in lower case. */
  type: string
  retryAfter?: string
  body: string
}

export interface PosterOptions {
  headers: Readonly<Record<string, string>>
  connections: number
  timeoutSeconds: number
}

export interface Poster {
  post(body: string): Promise<Posted | Trouble>
  /** Ends what is under way. */
  close(): void
}

/** One that works in this thread. */
export interface LocalPoster extends Poster {
  /** Loads what it takes to post, which the first `post` does else. */
  prepare(): void
}

/** No answer of a chat is longer; what is longer would only fill the memory. */
const MOST_BYTES = 16 * 2 ** 20
const MOST_REDIRECTS = 3

/** Posts JSON to one address. Redirects are followed on the same server only. */
export function createPoster(address: URL, { headers, connections, timeoutSeconds }: PosterOptions): LocalPoster {
  const what = (how: string) => `The endpoint ${address.origin} ${how}`
  let opening: Promise<Pool> | undefined

  const open = () => {
    opening ??= createPool()
    return opening
  }
  const createPool = async () => {
    // Here, since it takes a moment to load, and most runs have no endpoint.
    const { Pool } = await import('undici')
    return new Pool(address.origin, {
      connections,
      connectTimeout: timeoutSeconds * 1000,
      // One timer for the whole of it in their place.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: MOST_BYTES,
    })
  }

  const send = (pool: Pool, url: URL, body: Buffer, redirects: number) =>
    new Promise<Posted | Trouble>(resolve => {
      let request: Dispatcher.DispatchController | undefined
      let status = 0
      let received: Record<string, string | string[] | undefined> = {}
      const chunks: Buffer[] = []
      const finish = (result: Posted | Trouble | Promise<Posted | Trouble>) => {
        clearTimeout(timer)
        resolve(result)
      }
      const timer = setTimeout(() => {
        finish(tooSlow(what, timeoutSeconds))
        // Before it has started it is in nobody's hands yet.
        if (request) request.abort(new Error('too slow'))
        else isLate = true
      }, timeoutSeconds * 1000)
      let isLate = false
      pool.dispatch(
        { path: `${url.pathname}${url.search}`, method: 'POST', headers, body },
        {
          onRequestStart(controller) {
            request = controller
            if (isLate) controller.abort(new Error('too slow'))
          },
          onResponseStart(_, code, responseHeaders) {
            status = code
            received = responseHeaders
          },
          onResponseData: (_, chunk) => void chunks.push(chunk),
          onResponseError: (_, error) => finish(troubleOf(error, status > 0, what)),
          onResponseEnd() {
            if (status >= 300 && status < 400) {
              const target = redirectTarget(received.location, url)
              const isNear = target?.origin === url.origin
              if (isNear && redirects < MOST_REDIRECTS) return finish(send(pool, target, body, redirects + 1))
              return finish(strayed(what, isNear ? undefined : target))
            }
            const retryAfter = only(received['retry-after'])
            finish({
              status,
              type: mediaType(received['content-type']),
              ...(retryAfter !== undefined && { retryAfter }),
              body: (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8'),
            })
          },
        },
      )
    })

  return {
    prepare: () => void open(),
    async post(body) {
      return send(await open(), address, Buffer.from(body), 0)
    },
    close: () => void opening?.then(pool => pool.destroy()),
  }
}

/** What kind of text a `Content-Type` header announces, without its parameters. */
export function mediaType(header: string | string[] | undefined): string {
  return (only(header) ?? '').split(';')[0]!.trim().toLowerCase()
}

const only = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header)

function redirectTarget(header: string | string[] | undefined, from: URL): URL | undefined {
  const location = only(header)
  return location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined
}

type What = (how: string) => string

export const tooSlow = (what: What, seconds: number): Trouble => ({
  what: what(`did not answer within ${seconds} seconds`),
  advice: 'Raise timeoutSeconds, or ask for fewer requests at once.',
  again: 'yes',
  away: true,
})

const strayed = (what: What, target: URL | undefined): Trouble => ({
  what: what(`redirects ${target ? `to ${target.origin}` : 'without end'}`),
  advice: 'The key is sent to the server of `url` only. If you trust the other one, make it the `url`.',
  again: 'no',
})

/** Nobody listens there, or no such name: wrong from the start, or away for a while. */
const ABSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'])

export function troubleOf(error: NodeJS.ErrnoException, hasBegun: boolean, what: What): Trouble {
  const { code = '', message } = error
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return {
      what: what(`gave an answer of more than ${MOST_BYTES / 2 ** 20} MB`),
      advice: 'That is no answer of a chat. Is the url that of an OpenAI-compatible API?',
      again: 'no',
    }
  }
  const look = 'Look into the log of the server.'
  const again = { again: 'yes', away: true } as const
  if (hasBegun) return { what: what('broke off in the middle of its answer'), advice: look, ...again }
  const value = code === '' || code.startsWith('UND_ERR') ? message : code
  if (!ABSENT.has(code)) return { what: what('broke the connection'), value, advice: look, ...again }
  const advice = 'Start the server, or correct the url.'
  return { what: what('cannot be reached'), value, advice, again: 'proven', away: true }
}
