import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { buildGame } from './build-game.ts'
import { readFullPack } from './full-pack.ts'
import type { Fact, GameSource } from './game.ts'
import { digestGame } from './game-digest.ts'
import { createPacker, readPack } from './pack.ts'

function source(id: string, things: number): GameSource {
  const facts: Fact[] = [
    ['atlocation', 'agent1', 'loc_bar_0'],
    ['receptacletype', 'desk_bar_1', 'desktype'],
    ['receptacleatlocation', 'desk_bar_1', 'loc_bar_1'],
    ['cancontain', 'desktype', 'mugtype'],
  ]
  for (let i = 0; i < things; i++) {
    facts.push(['objecttype', `mug_bar_${i}`, 'mugtype'], ['pickupable', `mug_bar_${i}`])
    facts.push(['inreceptacle', `mug_bar_${i}`, 'desk_bar_1'])
  }
  const goal = { kind: 'pick_and_place_simple', object: 'mug', receptacle: 'desk' } as const
  return { id, sentence: 'put a mug in desk.', goal, facts }
}

const sources = [source('train/pick_and_place_simple-b/1', 3), source('train/pick_and_place_simple-a/1', 2)]

function pack(games = sources) {
  const packer = createPacker()
  for (const game of games) packer.add(game)
  return packer.finish()
}

describe('a compact pack', () => {
  it('gives back every game as it was, sharing the sets of what can hold what', () => {
    const opened = readPack(pack().data, 'train')
    expect(opened.entries.map(({ id }) => id)).toEqual(sources.map(({ id }) => id).sort())
    const games = sources.map(({ id }) => opened.read(id)!)
    for (const [index, game] of games.entries()) {
      expect(digestGame(game)).toBe(digestGame(sources[index]!))
      expect(buildGame(game)).toEqual(buildGame(sources[index]!))
    }
    expect(games[0]!.canContain).toBe(games[1]!.canContain)
    expect(opened.read('train/none')).toBeUndefined()
  })

  it('has the same bytes and digest whatever the order that games come in', () => {
    const [a, b] = [pack(), pack([...sources].reverse())]
    expect(a.data.equals(b.data)).toBe(true)
    expect(a.split).toEqual(b.split)
    expect(pack([source(sources[0]!.id, 4), sources[1]!]).split.digest).not.toBe(a.split.digest)
  })

  it('refuses a game that comes twice', () => {
    expect(() => pack([sources[0]!, sources[0]!])).toThrow(/twice/)
  })

  it('says what is wrong with a damaged file', () => {
    const { data } = pack()
    const lines = gunzipSync(data).toString('utf8').split('\n')
    const remake = (text: readonly string[]) => readPack(gzipSync(text.join('\n')), 'train', 'the file')
    expect(() => readPack(data.subarray(0, data.length - 30), 'train', 'the file')).toThrow(
      /the file is not a whole gzip/,
    )
    expect(() => readPack(Buffer.from('{}'), 'train', 'the file')).toThrow(/not a whole gzip/)
    expect(() => readPack(gzipSync(''), 'train', 'the file')).toThrow(/all of its games/)
    expect(() => remake(lines.slice(0, 2))).toThrow(/all of its games/)
    expect(() => remake(['{"format":"other"}', ...lines.slice(1)])).toThrow(/Line 1 of the file/)
    expect(() => remake([lines[0]!, '{"id":', lines[2]!])).toThrow(/Line 2 of the file is no game/)
    const torn = remake([lines[0]!, lines[1]!.slice(0, -5), lines[2]!])
    expect(() => torn.read(sources[1]!.id)).toThrow(/Line 2 of the file is not JSON/)
  })
})

describe('a full pack', () => {
  it('refuses lines that are no games', () => {
    expect(() => readFullPack(gzipSync('{"name": "x"}\n'), 'seen')).toThrow(/Line 1 of the pack is no game/)
    const line = '{"id": "a/b/c", "task_type": "pick_and_place_simple", "task": "x."}'
    expect(() => readFullPack(gzipSync(line), 'seen').read('a/b/c')).toThrow(/check problem/)
  })
})
