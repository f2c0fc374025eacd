import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jar, needsJar } from '../../../test/kit/sciworld.ts'
import { MisstepError } from '../../core/errors.ts'
import { addSciworld, WHEEL } from './download.ts'
import { findWheel, pipIndex } from './package-index.ts'
import { openSimulatorJar } from './simulator-jar.ts'

let folder: string
let server: Server
/** What the index answers, by path; a file that is not there is a 404. */
const answers = new Map<string, string | Buffer>()
const before = process.env.MISSTEP_JAVA
const index = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`
const place = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'misstep-add-sciworld-'))
  // Whether there is a Java does not matter here.
  writeFileSync(place('java'), '#!/bin/sh\necho \'openjdk version "17"\' >&2\n')
  chmodSync(place('java'), 0o755)
  process.env.MISSTEP_JAVA = place('java')
  server = createServer((request, response) => {
    const answer = answers.get(request.url ?? '')
    response.statusCode = answer === undefined ? 404 : 200
    response.end(answer)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  if (before === undefined) delete process.env.MISSTEP_JAVA
  else process.env.MISSTEP_JAVA = before
  await new Promise(resolve => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

describe('pipIndex', () => {
  it('is what pip is set up with, else PyPI', () => {
    writeFileSync(place('pip.conf'), '[global]\ntimeout = 60\nindex-url = https://mirror.example.org/simple\n')
    expect(pipIndex({ PIP_INDEX_URL: 'https://a.example.org/simple' })).toBe('https://a.example.org/simple')
    expect(pipIndex({ PIP_CONFIG_FILE: place('pip.conf') })).toBe('https://mirror.example.org/simple')
    expect(pipIndex({ PIP_CONFIG_FILE: place('none.conf') })).toBe('https://pypi.org/simple')
  })
})

describe('findWheel', () => {
  it('finds a file among the links of a project, wherever they lead', async () => {
    const links = `<a href="../../files/${WHEEL.file}#sha256=0" data-x="&lt;">${WHEEL.file}</a><a href="b.whl">b</a>`
    answers.set('/simple/scienceworld/', links)
    expect(await findWheel('scienceworld', WHEEL.file, { url: index() })).toBe(
      new URL(`../files/${WHEEL.file}`, index()).href,
    )
    await expect(findWheel('scienceworld', 'c.whl', { url: index() })).rejects.toThrow(/does not have c.whl/)
  })

  it('keeps the name and the password of a private index for its own files, and shows neither', async () => {
    answers.set(
      '/simple/scienceworld/',
      `<a href="/files/${WHEEL.file}">it</a><a href="https://b.example.org/b.whl">b</a>`,
    )
    const url = index().replace('//', '//bob:secret@')
    expect(await findWheel('scienceworld', WHEEL.file, { url })).toContain('//bob:secret@127.0.0.1')
    expect(await findWheel('scienceworld', 'b.whl', { url })).toBe('https://b.example.org/b.whl')
    const hidden = (error: Error) => error.message.includes('404') && !String(error).includes('secret')
    await expect(findWheel('other', 'c.whl', { url })).rejects.toSatisfy(hidden)
  })

  it('says what is wrong with an index', async () => {
    await expect(findWheel('other', 'c.whl', { url: index() })).rejects.toThrow(/index answered 404[\s\S]*--from/)
    await expect(findWheel('other', 'c.whl', { url: 'http://127.0.0.1:9/simple' })).rejects.toThrow(/cannot be reached/)
  })
})

describe.skipIf(process.platform === 'win32')('addSciworld', () => {
  it('refuses a package that is not the official one, and keeps what was there', async () => {
    mkdirSync(place('there'))
    writeFileSync(join(place('there'), 'scienceworld.jar'), 'earlier')
    answers.set('/simple/scienceworld/', `<a href="/files/${WHEEL.file}">it</a>`)
    answers.set(`/files/${WHEEL.file}`, 'something else')
    await expect(addSciworld({ url: index(), folder: place('there') })).rejects.toThrow(
      /What came is not scienceworld-1.2.3[\s\S]*--from/,
    )
    expect(readdirSync(place('there'))).toEqual(['scienceworld.jar'])
  })

  it('says that a download broke off, and keeps what came for the next time', async () => {
    const broken = createServer((request, response) => {
      if (request.url?.endsWith('.whl')) {
        response.writeHead(200, { 'content-length': '1000000', etag: '"1"' })
        response.write('half', () => setTimeout(() => response.destroy(), 50))
      } else response.end(`<a href="/files/${WHEEL.file}">it</a>`)
    })
    await new Promise<void>(resolve => broken.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}/simple/`
      await expect(addSciworld({ url, folder: place('broken') })).rejects.toThrow(MisstepError)
      expect(readdirSync(place('broken'))).toContain(`${WHEEL.file}.part`)
      expect(readdirSync(place('broken'))).not.toContain('scienceworld.jar')
    } finally {
      broken.closeAllConnections()
      await new Promise(resolve => broken.close(resolve))
    }
  })

  it.skipIf(!jar || !existsSync('/dev/full'))(`says that the disk is full, and leaves nothing${needsJar}`, async () => {
    mkdirSync(place('full'))
    symlinkSync('/dev/full', join(place('full'), 'scienceworld.jar.tmp'))
    await expect(addSciworld({ from: jar!.path, folder: place('full') })).rejects.toThrow(/ENOSPC[\s\S]*disk is full/)
    expect(existsSync(join(place('full'), 'scienceworld.jar'))).toBe(false)
  })

  it('refuses what is no simulator', async () => {
    writeFileSync(place('bad.jar'), 'not a jar')
    writeFileSync(place('bad.whl'), 'not a wheel')
    for (const name of ['bad.jar', 'bad.whl'])
      await expect(addSciworld({ from: place(name), folder: place('new') })).rejects.toThrow(/not a whole zip archive/)
    const bridge = new URL('../../../java/sciworld/sciworld-bridge.jar', import.meta.url).pathname
    await expect(addSciworld({ from: bridge, folder: place('new') })).rejects.toThrow(/no ScienceWorld simulator/)
    await expect(addSciworld({ from: place('none.jar'), folder: place('new') })).rejects.toThrow(/is not there/)
    expect(existsSync(place('new'))).toBe(false)
  })

  it.skipIf(!jar)(`takes a simulator that one has, with its table${needsJar}`, async () => {
    const added = await addSciworld({ from: jar!.path, folder: place('mine') })
    expect(added).toMatchObject({ version: jar!.version, digest: jar!.digest })
    expect(added.types === undefined).toBe(jar!.types === undefined)
    expect(await openSimulatorJar(join(place('mine'), 'scienceworld.jar'))).toEqual(added)
  })

  it.skipIf(!jar)(`refuses a simulator that was cut off${needsJar}`, async () => {
    writeFileSync(place('cut.jar'), readFileSync(jar!.path).subarray(0, 5_000_000))
    await expect(addSciworld({ from: place('cut.jar'), folder: place('new') })).rejects.toThrow(/not a whole zip/)
  })

  it('says that there is no Java before it downloads anything', async () => {
    process.env.MISSTEP_JAVA = place('no-java')
    await expect(addSciworld({ url: index(), folder: place('new') })).rejects.toThrow(/needs Java/)
    process.env.MISSTEP_JAVA = place('java')
    expect(existsSync(place('new'))).toBe(false)
  })
})
