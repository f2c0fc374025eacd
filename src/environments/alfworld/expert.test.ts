import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Sight } from '../../core/environment.ts'
import { createWorld } from './create-world.ts'
import { expertMove } from './expert.ts'
import type { Game } from './game.ts'
import { type GameLibrary, openGameLibrary } from './game-library.ts'

const data = join(process.env.MISSTEP_TEST_DATA ?? '../shared/data', 'alfworld')

/** Steps until the expert wins. */
function stepsToWin(game: Game, sight: Sight): number {
  const world = createWorld(game)
  for (let step = 0; step < 200 && !world.won; step++) {
    const move = expertMove(world, sight)
    if (!move || !world.step(move.action).accepted) return Number.POSITIVE_INFINITY
    if (world.won) return step + 1
  }
  return Number.POSITIVE_INFINITY
}

describe.skipIf(!existsSync(data))('the expert of ALFWorld on the official games (needs the test data)', () => {
  let library: GameLibrary
  beforeAll(async () => {
    library = await openGameLibrary(data)
  })

  it.each(['seen', 'unseen'])(
    'wins every game of split %s in as few steps as the official shortest plan when it knows everything',
    split => {
      const lines = gunzipSync(readFileSync(join(data, `games-valid_${split}.full.jsonl.gz`)))
        .toString()
        .trim()
        .split('\n')
      const official = new Map(
        lines.map(line => JSON.parse(line)).map(({ id, walkthrough }) => [id, walkthrough.length]),
      )
      const ours = library.entries(split).map(({ id }) => [id, stepsToWin(library.load(id), 'everything')])
      expect(ours.filter(([id, steps]) => steps !== official.get(id))).toEqual([])
    },
  )

  it('wins every game of both evaluation splits when it knows only what was seen', () => {
    for (const split of ['seen', 'unseen']) {
      for (const { id } of library.entries(split)) {
        expect(stepsToWin(library.load(id), 'seen'), id).toBeLessThan(200)
      }
    }
  })
})
