import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { describeEnvironment } from '../conformance.ts'
import { createAlfworld } from './environment.ts'
import { openGameLibrary } from './game-library.ts'

const data = join(process.env.MISSTEP_TEST_DATA ?? '../shared/data', 'alfworld')
const folder = mkdtempSync(join(tmpdir(), 'misstep-library-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('openGameLibrary', () => {
  it('says what to do where there are no games', async () => {
    await expect(openGameLibrary(join(folder, 'none'))).rejects.toThrow(/misstep env add alfworld/)
    await expect(openGameLibrary(folder)).rejects.toThrow(/no games in this folder/)
    mkdirSync(join(folder, 'empty', 'json_2.1.1', 'train', 'pick_and_place_simple-a', 'trial_1'), { recursive: true })
    await expect(openGameLibrary(join(folder, 'empty'))).rejects.toThrow(/no playable games/)
  })

  describe.skipIf(!existsSync(data))('with the official games (needs shared data)', () => {
    it('has the published number of games in every split, by old names and new', async () => {
      const library = await openGameLibrary(data)
      const counts = ['train', 'seen', 'unseen', 'valid_seen', 'valid_unseen'].map(
        split => library.entries(split).length,
      )
      expect(counts).toEqual([3553, 140, 134, 140, 134])
      const { id } = library.entries('seen')[0]!
      expect(library.load(id)).toBe(library.load(id))
      expect(() => library.load('seen/none')).toThrow(/no such game/)
    })

    it("reads the benchmark's own files as its download lays them out", async () => {
      const packed = await openGameLibrary(data)
      const lines = gunzipSync(readFileSync(join(data, 'games-valid_seen.full.jsonl.gz')))
        .toString('utf8')
        .split('\n')
      const common = (name: string) => readFileSync(join(data, 'common', name), 'utf8')
      const ids = lines.slice(0, 3).map((line, index) => {
        const { id, task, problem } = JSON.parse(line)
        const place = join(folder, 'official', 'json_2.1.1', id)
        const file = {
          pddl_domain: common('domain.2.1.1.pddl'),
          grammar: common('grammar.2.1.1.twl2').replace('@@TASK@@', task),
          pddl_problem: problem,
          solvable: index !== 1,
          walkthrough: [],
        }
        mkdirSync(place, { recursive: true })
        writeFileSync(join(place, 'game.tw-pddl'), JSON.stringify(file))
        return id as string
      })
      const library = await openGameLibrary(join(folder, 'official'))
      expect(library.profile).toBe('2.1.1')
      expect(library.splits).toEqual(['seen'])
      expect(library.entries('seen').map(({ id }) => id)).toEqual([ids[0], ids[2]].sort())
      expect(library.load(ids[0]!)).toEqual(packed.load(ids[0]!))
    })
  })
})

const open = async () => {
  const games = await openGameLibrary(data)
  // Not the train splits, whose packs of full problems take seconds to unpack.
  return createAlfworld({ games: { ...games, splits: ['seen', 'unseen'] }, order: 'published' })
}
if (existsSync(data)) describeEnvironment('alfworld', open, { describe, it })

describe.skipIf(!existsSync(data))('the environment (needs shared data)', () => {
  it('answers the last outcome again once the game is won', async () => {
    const environment = await open()
    const [task] = await environment.tasks('seen')
    const episode = await environment.start(task!)
    expect(episode.instruction).toMatch(/^Your task is to: .*\.$/)
    while (!episode.done) await episode.step((await episode.expert!('everything'))!.action)
    const { observation } = episode
    expect(await episode.step('look')).toMatchObject({ observation, won: true, done: true, reward: 1 })
  })
})
