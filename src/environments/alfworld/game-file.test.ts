import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readFullPack } from './full-pack.ts'
import { digestGame } from './game-digest.ts'
import { gameIdOf, readGameFile } from './game-file.ts'

const data = join(process.env.MISSTEP_TEST_DATA ?? '../shared/data', 'alfworld')
const read = (name: string) => readFileSync(join(data, name), 'utf8')

describe('readGameFile', () => {
  it('refuses what is not a game file, and says why', () => {
    expect(() => readGameFile('PK', 'x')).toThrow(/not JSON/)
    expect(() => readGameFile('[]', 'x')).toThrow(/not a game file/)
    expect(() => readGameFile('{"grammar": 3}', 'x')).toThrow(/pddl_domain, grammar, pddl_problem/)
    const file = { pddl_domain: '(define)', grammar: 'grammar :: ""', pddl_problem: '(define)' }
    expect(() => readGameFile(JSON.stringify(file), 'x')).toThrow(/no task sentence/)
    const spoken = { ...file, grammar: '"rhs": "Your task is to: dance."\n' }
    expect(() => readGameFile(JSON.stringify(spoken), 'x')).toThrow(/grammar of an unknown version/)
  })

  it('takes the id from the last folders of a path', () => {
    expect(gameIdOf('/data/json_2.1.1/train/task-1/trial_2/game.tw-pddl')).toBe('train/task-1/trial_2')
    expect(gameIdOf('C:\\data\\train\\task-1\\trial_2\\game.tw-pddl')).toBe('train/task-1/trial_2')
  })

  describe.skipIf(!existsSync(data))('with the official games (needs shared data)', () => {
    const pack = () => readFileSync(join(data, 'games-valid_seen.full.jsonl.gz'))
    const first = () => JSON.parse(gunzipSync(pack()).toString('utf8').split('\n')[0]!)
    const build = (version: string, change: (text: string) => string = text => text) => {
      const { id, task, problem } = first()
      const grammar = change(read(`common/grammar.${version}.twl2`)).replace('@@TASK@@', task)
      const file = { pddl_domain: read(`common/domain.${version}.pddl`), grammar, pddl_problem: problem }
      return readGameFile(JSON.stringify({ ...file, solvable: true, walkthrough: ['look'] }), id)
    }

    it('reads both versions of the data, and gets the same game', () => {
      const { id } = first()
      const expected = digestGame(readFullPack(pack(), 'seen').read(id)!)
      for (const version of ['2.1.3', '2.1.1']) {
        const file = build(version)
        expect(file).toMatchObject({ version, solvable: true, walkthrough: ['look'] })
        expect(digestGame(file.source)).toBe(expected)
      }
    })

    it('refuses a grammar that says something else', () => {
      const change = (text: string) => text.replace('You open the', 'You fling open the')
      expect(() => build('2.1.3', change)).toThrow(/unknown version/)
    })
  })
})
