/**
 * Downloads a large file, going on where it broke off.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import { errnoOf, storeError } from '../store/store-error.ts'
import { type RequestAddress, requestAddress } from './request-address.ts'

export interface FetchOptions {
  /** Told of the bytes that are there and, where the server says so, of all. */
  onProgress?: (bytes: number, total: number | undefined) => void
  signal?: AbortSignal
  /** Times that a broken connection is taken up again. @default 5 */
  retries?: number
}

/**
 * Downloads what is at an address to `path`. Until it is complete the file is called `<path>.part`; a later call goes on from there,
 * unless the file has changed on the server meanwhile. A name and a password in the address are sent and never shown.
 *
 * @throws {MisstepError} when the server cannot be reached, does not have the file, or keeps breaking off
 * @example
 * await fetchFile('https://example.org/games.zip', 'cache/games.zip')
 */
export async function fetchFile(address: string, path: string, options: FetchOptions = {}): Promise<void> {
  const { retries = 5, signal } = options
  const from = requestAddress(address)
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    throw storeError('Cannot make the folder', dirname(path), error)
  }
  for (let attempt = 0; ; attempt++) {
    try {
      await fetchRest(from, path, options)
      renameSync(`${path}.part`, path)
      rmSync(`${path}.etag`, { force: true })
      return
    } catch (error) {
      if (error instanceof MisstepError) throw error
      if (signal?.aborted) {
        throw new MisstepError('interrupted', 'The download was stopped; the same command goes on with it')
      }
      if (errnoOf(error) && !isNetwork(error)) throw storeError('Cannot write the download', path, error)
      if (attempt >= retries) throw unreachable(from.url, error)
      await new Promise(resolve => setTimeout(resolve, 200 * attempt))
    }
  }
}

async function fetchRest(
  { url, ...from }: RequestAddress,
  path: string,
  { onProgress, signal }: FetchOptions,
): Promise<void> {
  const part = `${path}.part`
  const etagFile = `${path}.etag`
  const have = existsSync(part) && existsSync(etagFile) ? statSync(part).size : 0
  const headers: Record<string, string> = { ...from.headers, 'accept-encoding': 'identity' }
  if (have > 0) {
    headers.range = `bytes=${have}-`
    headers['if-range'] = readFileSync(etagFile, 'utf8')
  }
  const response = await fetch(url, { headers, ...(signal && { signal }) })
  if (response.status === 416) return completeOrRestart(response, part, have)
  if (!response.ok || !response.body) {
    await response.body?.cancel()
    throw new MisstepError('environment', `The server answered ${response.status} ${response.statusText}`, {
      value: url,
      advice: 'The file may have moved. Fetch it by hand and pass it with --from.',
    })
  }
  const resumes = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`)
  const start = resumes ? have : 0
  const etag = response.headers.get('etag') ?? response.headers.get('last-modified')
  if (etag) writeFileSync(etagFile, etag)
  else rmSync(etagFile, { force: true })
  const length = response.headers.get('content-length')
  const total = length === null ? undefined : start + Number(length)
  let bytes = start
  const file = await open(part, resumes ? 'a' : 'w')
  try {
    // Written one by one, so that what came before a break is kept.
    for await (const chunk of response.body) {
      await file.write(chunk)
      bytes += chunk.length
      onProgress?.(bytes, total)
    }
  } finally {
    await file.close()
  }
  if (total !== undefined && bytes !== total) throw new Error(`${bytes} of ${total} bytes came`)
}

/** The server has nothing after what is there: either that is all, or it is not the beginning of this file. */
function completeOrRestart(response: Response, part: string, have: number): void {
  if (response.headers.get('content-range')?.endsWith(`/${have}`)) return
  rmSync(part, { force: true })
  throw new Error('The part that was there does not fit the file on the server')
}

const NETWORK = new Set(['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN'])
const isNetwork = (error: unknown) => NETWORK.has(errnoOf(error) ?? '')

function unreachable(url: string, error: unknown): MisstepError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new MisstepError('environment', `The download failed (${cause instanceof Error ? cause.message : cause})`, {
    value: url,
    advice:
      'Check the connection and run the same command again: it goes on where it stopped. On a machine without the internet, fetch the file elsewhere and pass it with --from.',
    cause: error,
  })
}
