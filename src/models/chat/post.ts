/**
 * Sends the body of a request and takes the answer, over connections that are kept open.
 *
 * Not by `fetch`: it takes about four times the processor time for each request (measured on Node 20), too much for
 * thousands of them a second.
 * @module
 */
import * as http from 'node:http'
import * as https from 'node:https'
import { urlToHttpOptions } from 'node:url'
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

/** No answer of a chat is longer; what is longer would only fill the memory. */
const MOST_BYTES = 16 * 2 ** 20
const MOST_REDIRECTS = 3

/** Posts JSON to one address. Redirects are followed on the same server only. */
export function createPoster(address: URL, { headers, connections, timeoutSeconds }: PosterOptions): Poster {
  const { request, Agent } = address.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections })
  const underWay = new Set<http.ClientRequest>()
  const what = (how: string) => `The endpoint ${address.origin} ${how}`

  const send = (url: URL, body: string, redirects: number) =>
    new Promise<Posted | Trouble>(resolve => {
      const outgoing = request({
        ...urlToHttpOptions(url),
        agent,
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      })
      const finish = (result: Posted | Trouble | Promise<Posted | Trouble>) => {
        clearTimeout(timer)
        underWay.delete(outgoing)
        resolve(result)
      }
      const giveUp = (trouble: Trouble) => {
        finish(trouble)
        outgoing.destroy()
      }
      const timer = setTimeout(() => {
        giveUp({
          what: what(`did not answer within ${timeoutSeconds} seconds`),
          advice: 'Raise timeoutSeconds, or ask for fewer requests at once.',
          again: 'yes',
        })
      }, timeoutSeconds * 1000)
      underWay.add(outgoing)
      outgoing.on('error', error => finish(connectionTrouble(error, what)))
      outgoing.on('close', () => underWay.has(outgoing) && finish(broken(what)))
      outgoing.on('response', response => {
        const { statusCode: status = 0, headers: received } = response
        if (status >= 300 && status < 400) {
          response.resume()
          const target = redirectTarget(received.location, url)
          if (target?.origin === url.origin && redirects < MOST_REDIRECTS) {
            return finish(send(target, body, redirects + 1))
          }
          return giveUp({
            what: what(`redirects ${target && target.origin !== url.origin ? `to ${target.origin}` : 'without end'}`),
            advice: 'The key is sent to the server of `url` only. If you trust the other one, make it the `url`.',
            again: 'no',
          })
        }
        const chunks: Buffer[] = []
        let length = 0
        response.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length <= MOST_BYTES) chunks.push(chunk)
          else giveUp(tooLong(what))
        })
        response.on('error', () => finish(broken(what)))
        response.on('end', () => {
          if (!response.complete) return finish(broken(what))
          const retryAfter = received['retry-after']
          finish({
            status,
            type: (received['content-type'] ?? '').split(';')[0]!.trim().toLowerCase(),
            ...(retryAfter !== undefined && { retryAfter }),
            body: Buffer.concat(chunks).toString('utf8'),
          })
        })
      })
      outgoing.end(body)
    })

  return {
    post: body => send(address, body, 0),
    close() {
      for (const outgoing of underWay) outgoing.destroy()
      agent.destroy()
    },
  }
}

function redirectTarget(location: string | undefined, from: URL): URL | undefined {
  return location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined
}

const broken = (what: (how: string) => string): Trouble => ({
  what: what('broke off in the middle of its answer'),
  advice: 'Look into the log of the server.',
  again: 'yes',
})

const tooLong = (what: (how: string) => string): Trouble => ({
  what: what(`gave an answer of more than ${MOST_BYTES / 2 ** 20} MB`),
  advice: 'That is no answer of a chat. Is the url that of an OpenAI-compatible API?',
  again: 'no',
})

/** Nobody listens there, or no such name: wrong from the start, or away for a while. */
const ABSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'])

function connectionTrouble(error: NodeJS.ErrnoException, what: (how: string) => string): Trouble {
  const absent = ABSENT.has(error.code ?? '')
  return {
    what: what(absent ? 'cannot be reached' : 'broke the connection'),
    value: error.code ?? error.message,
    advice: absent ? 'Start the server, or correct the url.' : 'Look into the log of the server.',
    again: absent ? 'proven' : 'yes',
  }
}
