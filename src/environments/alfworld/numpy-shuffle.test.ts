import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openGameLibrary } from './game-library.ts'
import { numpyShuffle } from './numpy-shuffle.ts'
import { selectGames } from './select-games.ts'

const data = join(process.env.MISSTEP_TEST_DATA ?? '../shared/data', 'alfworld')

describe('numpyShuffle', () => {
  it("gives numpy's numbers for the seed of the benchmark", () => {
    const items = Array.from({ length: 134 }, (_, index) => index)
    const shuffled = numpyShuffle(items, 1234)
    expect(shuffled.slice(0, 8)).toEqual([6, 131, 93, 62, 68, 78, 59, 61])
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items)
  })

  it('leaves lists of none and one as they are', () => {
    expect([numpyShuffle([], 1234), numpyShuffle(['a'], 1234)]).toEqual([[], ['a']])
  })

  it.skipIf(!existsSync(data))(
    'reproduces the published order of the 134 unseen games (needs shared data)',
    async () => {
      const path = join(data, 'transcripts', 'expel_valid_unseen_order.json')
      const published: { gamefile: string }[] = JSON.parse(readFileSync(path, 'utf8'))
      const expected = published.map(({ gamefile }) => gamefile.split('/').slice(-4, -1).join('/'))
      const library = await openGameLibrary(data)
      const selected = selectGames(library, { split: 'valid_unseen', order: 'published' })
      expect(selected.map(({ id }) => id)).toEqual(expected)
      const kinds = ['pick_two_obj_and_place'] as const
      expect(selectGames(library, { split: 'unseen', kinds })).toHaveLength(17)
      expect(selectGames(library, { split: 'unseen', order: 'published', limit: 3 }).map(({ id }) => id)).toEqual(
        expected.slice(0, 3),
      )
      expect(() => selectGames(library, { split: 'unseen', ids: ['unseen/none'] })).toThrow(/no such game/)
      expect(() => selectGames(library, { split: 'test' })).toThrow(/train, seen, unseen/)
    },
  )
})
