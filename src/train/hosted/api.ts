/**
 * Requests to a provider, sent again where that can help and cannot cost twice.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { MisstepError } from '../../core/errors.ts'
import { parseJson } from '../../core/parse-json.ts'
import { backOff, readRetryAfter } from '../../models/chat/trouble.ts'

export interface ApiOptions {
  url: string
  key: string
  patienceSeconds: number
  /** Milliseconds before a request is first sent again. Default: 1000. */
  firstWait?: number
  signal?: AbortSignal
  /** Told of each request that is sent again. */
  onRetry?: (retry: Retry) => void
}

/** A request that had no answer, and is sent again. */
export interface Retry {
  /** In words, without the key. */
  cause: string
  /** Until it is sent again. */
  seconds: number
}

export interface Api {
  get(path: string): Promise<unknown>
  /**
   * Sends something that must not be done twice.
   *
   * @param find looks whether an attempt without an answer was carried out all the same
   */
  create(path: string, body: () => FormData | object, find: () => Promise<unknown>): Promise<unknown>
}

/** An answer that is no success. */
export class ApiError extends MisstepError {
  readonly status: number
  constructor(status: number, message: string, advice: string) {
    super('train', `The provider refused the request (${status})`, { value: message, advice })
    this.status = status
  }
}

interface Setback {
  error: unknown
  wait: number | undefined
  /** Whether the request may have been carried out. */
  unclear: boolean
}

const REQUEST_SECONDS = 120

/** Opens the way to a provider. The key is in no error of it. */
export function openApi(options: ApiOptions): Api {
  const { url, key, patienceSeconds, firstWait = 1000, signal, onRetry } = options
  const base = url.replace(/\/+$/, '')
  const hide = (text: string) => text.replaceAll(key, '***').replace(/\bsk-[\w*-]{8,}/g, '***')

  const send = async (path: string, init: RequestInit): Promise<{ value: unknown } | Setback> => {
    const limit = AbortSignal.timeout(REQUEST_SECONDS * 1000)
    let response: Response
    let text: string
    try {
      response = await fetch(base + path, {
        ...init,
        headers: {
          ...(init.headers as Record<string, string>),
          authorization: `Bearer ${key}`,
          accept: 'application/json',
        },
        // A redirect would take the key along.
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      })
      text = await response.text()
    } catch (error) {
      signal?.throwIfAborted()
      return { error, wait: undefined, unclear: true }
    }
    const body = parseJson(text)
    if (response.ok) {
      if (body !== undefined) return { value: body }
      return { error: new Error('The answer is not JSON'), wait: undefined, unclear: true }
    }
    const { message, code } = faultOf(body, text)
    const error = new ApiError(response.status, hide(message), adviceFor(response.status, code))
    if (!mayPass(response.status, code)) throw error
    const wait = readRetryAfter(response.headers.get('retry-after') ?? undefined)
    // A server that says it is busy has done nothing; any other failure may have come after the work.
    return { error, wait, unclear: response.status !== 429 }
  }

  const insist = async (
    request: () => Promise<{ value: unknown } | Setback>,
    find?: () => Promise<unknown>,
  ): Promise<unknown> => {
    const until = Date.now() + patienceSeconds * 1000
    for (let attempt = 0; ; attempt++) {
      const result = await request()
      if ('value' in result) return result.value
      const found = result.unclear && find ? await find() : undefined
      if (found !== undefined) return found
      const wait = Math.max(result.wait ?? 0, backOff(attempt, firstWait))
      const cause = hide(wordsOf(result.error))
      if (Date.now() + wait > until) throw away(base, cause, result.error)
      onRetry?.({ cause, seconds: wait / 1000 })
      await sleep(wait, undefined, signal && { signal })
    }
  }

  return {
    get: path => insist(() => send(path, { method: 'GET' })),
    create: (path, body, find) =>
      insist(() => {
        const content = body()
        if (content instanceof FormData) return send(path, { method: 'POST', body: content })
        const headers = { 'content-type': 'application/json' }
        return send(path, { method: 'POST', body: JSON.stringify(content), headers })
      }, find),
  }
}

function faultOf(body: unknown, text: string): { message: string; code: string } {
  const error = (body as { error?: { message?: unknown; code?: unknown } | string } | undefined)?.error
  if (typeof error === 'string') return { message: error, code: '' }
  return { message: String(error?.message ?? text.slice(0, 200)), code: String(error?.code ?? '') }
}

const SPENT = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'exceeded_quota'])

/** Whether the same request may pass later. */
function mayPass(status: number, code: string): boolean {
  return status === 408 || (status === 429 && !SPENT.has(code)) || status >= 500
}

function adviceFor(status: number, code: string): string {
  if (status === 401 || status === 403) return 'Check the key in the environment, and what it is allowed to do.'
  if (SPENT.has(code)) return 'The account has no more money or quota: the same command goes on once it has.'
  if (status === 404) return 'Check the url and the name of the model.'
  return 'Correct what it names; nothing more was sent.'
}

/** What an error says, in one line; a failed connection says why in its cause. */
function wordsOf(error: unknown): string {
  const { message } = ((error as Error).cause ?? error) as Error
  return String(message || error).split('\n')[0]!
}

function away(base: string, because: string, cause: unknown): MisstepError {
  return new MisstepError('train', `The provider at ${base} does not answer as it should`, {
    value: because,
    advice: 'What was begun there goes on: the same command takes it up again.',
    cause,
  })
}
