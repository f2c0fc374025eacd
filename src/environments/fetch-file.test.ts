import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fetchFile } from './fetch-file.ts'

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) >> 3))

let folder: string
let server: Server
let requests: (string | undefined)[]
let answer: (request: IncomingMessage, response: ServerResponse) => void
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/games.zip`
const path = () => join(folder, 'cache', 'games.zip')

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'misstep-fetch-'))
  requests = []
  server = createServer((request, response) => {
    requests.push(request.headers.range)
    answer(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

/** Serves like a real server; a request that starts before `breakBefore` is cut off after `piece` bytes. */
function serve({ breakBefore = 0, piece = 100_000, etag = '"one"', body = content } = {}) {
  answer = (request, response) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
    const fits = range && request.headers['if-range'] === etag
    const start = fits ? Number(range[1]) : 0
    if (fits && start >= body.length) {
      response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end()
      return
    }
    const headers = { etag, 'content-length': body.length - start }
    response.writeHead(fits ? 206 : 200, {
      ...headers,
      ...(fits && { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }),
    })
    if (start < breakBefore) response.write(body.subarray(start, start + piece), () => breakOff(response, start))
    else response.end(body.subarray(start))
  }
}

/** Breaks the connection once some of what was sent lies on the disk. */
function breakOff(response: ServerResponse, start: number): void {
  const size = statSync(`${path()}.part`, { throwIfNoEntry: false })?.size ?? 0
  if (size > start) response.destroy()
  else setTimeout(() => breakOff(response, start), 2)
}

describe('fetchFile', () => {
  it('goes on where the connection broke, and leaves only the whole file', async () => {
    serve({ breakBefore: 150_000 })
    const seen: [number, number | undefined][] = []
    await fetchFile(url(), path(), { onProgress: (bytes, total) => seen.push([bytes, total]) })
    expect(readFileSync(path()).equals(content)).toBe(true)
    expect(requests[0]).toBeUndefined()
    expect(requests.length).toBeGreaterThan(1)
    for (const range of requests.slice(1)) expect(range).toMatch(/^bytes=[1-9]\d*-$/)
    expect(seen.at(-1)).toEqual([content.length, content.length])
    expect([existsSync(`${path()}.part`), existsSync(`${path()}.etag`)]).toEqual([false, false])
  })

  it('sends a name and a password that are in the address, and shows neither', async () => {
    const private_ = url().replace('//', '//bob:s%40cret@')
    serve()
    const plain = answer
    const wanted = `Basic ${Buffer.from('bob:s@cret').toString('base64')}`
    answer = (request, response) => {
      if (request.headers.authorization === wanted) plain(request, response)
      else response.writeHead(401).end()
    }
    await fetchFile(private_, path())
    expect(readFileSync(path()).equals(content)).toBe(true)
    await expect(fetchFile(private_.replace('bob', 'eve'), path())).rejects.toSatisfy(
      (error: Error) => error.message.includes('401') && !/eve|cret/.test(String(error)),
    )
  })

  it('goes on in a later call after it gave up', async () => {
    serve({ breakBefore: 1_000_000, piece: 50_000 })
    await expect(fetchFile(url(), path(), { retries: 1 })).rejects.toThrow(/goes on where it stopped/)
    expect(existsSync(path())).toBe(false)
    serve()
    await fetchFile(url(), path())
    expect(readFileSync(path()).equals(content)).toBe(true)
    expect(requests.at(-1)).toMatch(/^bytes=[1-9]\d*-$/)
  })

  it('starts again when the file on the server has changed meanwhile', async () => {
    serve({ breakBefore: 1_000_000, piece: 50_000 })
    await expect(fetchFile(url(), path(), { retries: 0 })).rejects.toThrow()
    const other = Buffer.from(content).reverse()
    serve({ etag: '"two"', body: other })
    await fetchFile(url(), path())
    expect(readFileSync(path()).equals(other)).toBe(true)
  })

  it('is content with a part that is the whole file already', async () => {
    serve({ breakBefore: 1, piece: 10 })
    await expect(fetchFile(url(), path(), { retries: 0 })).rejects.toThrow()
    writeFileSync(`${path()}.part`, content)
    serve()
    await fetchFile(url(), path())
    expect(readFileSync(path()).equals(content)).toBe(true)
  })

  it('does not try again what the server does not have', async () => {
    answer = (_, response) => response.writeHead(404).end('none')
    await expect(fetchFile(url(), path())).rejects.toThrow(/answered 404[\s\S]*--from/)
    expect(requests).toHaveLength(1)
  })

  it('says what to do when there is no connection', async () => {
    const gone = url()
    await new Promise(resolve => server.close(resolve))
    await expect(fetchFile(gone, path(), { retries: 1 })).rejects.toThrow(/ECONNREFUSED[\s\S]*--from/)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  })

  it('stops when it is told to, keeping what is there', async () => {
    serve({ breakBefore: 1_000_000, piece: 50_000 })
    const stop = new AbortController()
    const fetching = fetchFile(url(), path(), { signal: stop.signal, onProgress: () => stop.abort() })
    await expect(fetching).rejects.toMatchObject({ code: 'interrupted' })
    expect(existsSync(`${path()}.part`)).toBe(true)
  })
})
