import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAlfworld, alfworldFolder } from './download.ts'
import { readFullPack } from './full-pack.ts'
import { digestGame, digestSplit } from './game-digest.ts'
import { openGameLibrary } from './game-library.ts'

const data = join(process.env.MISSTEP_TEST_DATA ?? '../shared/data', 'alfworld')
let folder: string
let server: Server
let archive: Buffer
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/games.zip`
const place = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'misstep-add-'))
  server = createServer((_, response) => response.end(archive))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise(resolve => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

/** A zip archive of texts, as the format describes it: local headers, central directory, end record. */
function zip(files: Record<string, string>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(files)) {
    const plain = Buffer.from(text)
    const packed = deflateRawSync(plain)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(plain), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(plain.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const entry = Buffer.alloc(16)
    entry.writeUInt32LE(offset, 12)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed])
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, entry.subarray(2), Buffer.from(name)]),
    )
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end])
}

describe('alfworldFolder', () => {
  it('lies in MISSTEP_CACHE where that is set', () => {
    const before = process.env.MISSTEP_CACHE
    process.env.MISSTEP_CACHE = '/somewhere'
    expect(alfworldFolder()).toBe(join('/somewhere', 'alfworld'))
    process.env.MISSTEP_CACHE = ''
    expect(alfworldFolder()).toMatch(/\.cache.misstep.alfworld$/)
    if (before === undefined) delete process.env.MISSTEP_CACHE
    else process.env.MISSTEP_CACHE = before
  })
})

describe('addAlfworld', () => {
  it('refuses an answer that is no archive, and does not keep it', async () => {
    archive = Buffer.from('<html>Sign in</html>'.repeat(100))
    await expect(addAlfworld({ url: url(), folder: place('html') })).rejects.toThrow(/not a whole zip archive/)
    expect(readdirSync(place('html'))).toEqual([])
  })

  it('refuses an archive that is cut off, empty of games, or has a damaged game', async () => {
    const game = 'json_2.1.1/train/pick_and_place_simple-Mug-None-Desk-1/trial_1/game.tw-pddl'
    const refused: [Buffer, RegExp][] = [
      [zip({ 'a.txt': 'a' }).subarray(0, 40), /not a whole zip archive/],
      [zip({ 'readme.txt': 'no games' }), /no games in it/],
      [zip({ [game]: 'torn' }), /not a game file: it is not JSON/],
      [zip({ [`../../${game}`]: 'x' }), /not a whole zip archive \(invalid relative path/],
    ]
    for (const [index, [bytes, message]] of refused.entries()) {
      const from = place(`bad-${index}.zip`)
      writeFileSync(from, bytes)
      await expect(addAlfworld({ from, folder: place('bad') }), String(message)).rejects.toThrow(message)
    }
    expect(existsSync(place('bad'))).toBe(false)
  })

  it('says that there is nothing in a folder without games', async () => {
    await expect(addAlfworld({ from: place('none'), folder: place('added') })).rejects.toThrow(/no folder of games/)
  })

  describe.skipIf(!existsSync(data))('with official games (needs shared data)', () => {
    const pack = () => readFileSync(join(data, 'games-valid_unseen.full.jsonl.gz'))
    const files = (count: number) => {
      const common = (name: string) => readFileSync(join(data, 'common', name), 'utf8')
      const [domain, grammar] = [common('domain.2.1.3.pddl'), common('grammar.2.1.3.twl2')]
      const lines = gunzipSync(pack()).toString('utf8').trim().split('\n').slice(0, count)
      return lines.map(line => {
        const { id, task, problem } = JSON.parse(line)
        const game = { pddl_domain: domain, grammar: grammar.replace('@@TASK@@', task), pddl_problem: problem }
        return [id as string, JSON.stringify({ ...game, solvable: true, walkthrough: [] })] as const
      })
    }
    const expected = (ids: readonly string[]) => {
      const full = readFullPack(pack(), 'unseen')
      return digestSplit(new Map(ids.map(id => [id, digestGame(full.read(id)!)])))
    }

    it('turns a download into packs, leaving aside what the benchmark does not play', async () => {
      const games = files(4)
      const unsolved = games[3]![1].replace('"solvable":true', '"solvable":false')
      const entries = Object.fromEntries(games.slice(0, 3).map(([id, text]) => [`json_2.1.1/${id}/game.tw-pddl`, text]))
      archive = zip({
        ...entries,
        [`json_2.1.1/${games[3]![0]}/game.tw-pddl`]: unsolved,
        'json_2.1.1/valid_unseen/pick_and_place_simple-LettuceSliced-None-Desk-1/trial_1/game.tw-pddl': 'not read',
        'json_2.1.1/valid_unseen/pick_and_place_with_movable_recep-Pen-Mug-Desk-1/trial_1/game.tw-pddl': 'not read',
      })
      const ids = games.slice(0, 3).map(([id]) => id)
      const stages = new Set<string>()
      const added = await addAlfworld({
        url: url(),
        folder: place('good'),
        expected: { valid_unseen: expected(ids) },
        onProgress: ({ stage }) => stages.add(stage),
      })
      expect(added).toEqual({ folder: place('good'), splits: { unseen: 3 } })
      expect(stages).toContain('download')
      expect(readdirSync(place('good')).sort()).toEqual(['games-valid_unseen.jsonl.gz', 'games.json'])
      const library = await openGameLibrary(place('good'))
      const original = await openGameLibrary(data)
      expect(library.entries('unseen').map(({ id }) => id)).toEqual([...ids].sort())
      for (const id of ids) expect(library.load(id)).toEqual(original.load(id))
    })

    it('refuses games that are not the official ones, and keeps those that were there', async () => {
      const [[id, text]] = files(1) as [readonly [string, string]]
      archive = zip({ [`json_2.1.1/${id}/game.tw-pddl`]: text })
      const before = readdirSync(place('good'))
      await expect(addAlfworld({ url: url(), folder: place('good') })).rejects.toThrow(
        /official games of \w+ \(\d+ of \d+\)/,
      )
      expect(readdirSync(place('good'))).toEqual(before)
    })

    it('takes a folder that one has, and knows the official splits in it', async () => {
      const from = place('mine')
      for (const [id, text] of files(134)) {
        mkdirSync(join(from, 'json_2.1.1', id), { recursive: true })
        writeFileSync(join(from, 'json_2.1.1', id, 'game.tw-pddl'), text)
      }
      await addAlfworld({ from, folder: place('linked') })
      const library = await openGameLibrary(place('linked'))
      expect([library.version, library.profile, library.entries('unseen').length]).toEqual(['official', '2.1.3', 134])
    })
  })
})
