import { describe, expect, it } from 'vitest'
import { MisstepError } from '../../core/errors.ts'
import { buildGame } from './build-game.ts'
import type { Fact, GameSource } from './game.ts'

const source = (facts: Fact[]): GameSource => ({
  id: 'tiny',
  sentence: 'put a mug in desk.',
  goal: { kind: 'pick_and_place_simple', object: 'mug', receptacle: 'desk' },
  facts: [['atlocation', 'agent1', 'loc_bar_0'], ...facts],
})

const receptacle = (id: string, type: string, place: string): Fact[] => [
  ['receptacletype', id, `${type}type`],
  ['receptacleatlocation', id, place],
]

describe('buildGame', () => {
  it('gives the highest number to the identifier that comes first by code point', () => {
    const game = buildGame(
      source([
        ...receptacle('desk_bar__plus_00', 'desk', 'loc_bar_1'),
        ...receptacle('desk_bar__minus_00', 'desk', 'loc_bar_2'),
        ...receptacle('desk_bar__plus_01', 'desk', 'loc_bar_3'),
      ]),
    )
    expect(game.receptacles.map(({ id, name }) => `${id} = ${name}`)).toEqual([
      'desk_bar__minus_00 = desk 3',
      'desk_bar__plus_00 = desk 2',
      'desk_bar__plus_01 = desk 1',
    ])
  })

  it('calls a basin a basin, and counts it apart from the sink around it', () => {
    const game = buildGame(
      source([
        ...receptacle('sink_bar_1_bar_sinkbasin', 'sinkbasin', 'loc_bar_1'),
        ['objecttype', 'sink_bar_1', 'sinktype'],
      ]),
    )
    expect(game.receptacles[0]).toMatchObject({ name: 'sinkbasin 1', type: 'sinkbasin' })
    expect(game.objects[0]).toMatchObject({ name: 'sink 1', type: 'sink', pickupable: false })
  })

  it('numbers locations as it numbers things, for the old grammar', () => {
    const game = buildGame(source([...receptacle('desk_bar_1', 'desk', 'loc_bar_7')]))
    expect(game.locationNumbers).toEqual([2, 1])
    expect(game.receptacles[0]!.location).toBe(1)
    expect(game.start.location).toBe(0)
  })

  it('takes a fact that is said twice once, and keeps an object in several receptacles', () => {
    const mug: Fact[] = [
      ['objecttype', 'mug_bar_1', 'mugtype'],
      ['inreceptacle', 'mug_bar_1', 'desk_bar_1'],
    ]
    const game = buildGame(
      source([
        ...receptacle('desk_bar_1', 'desk', 'loc_bar_1'),
        ...receptacle('shelf_bar_1', 'shelf', 'loc_bar_1'),
        ...mug,
        ...mug,
        ['inreceptacle', 'mug_bar_1', 'shelf_bar_1'],
        ['cancontain', 'desktype', 'mugtype'],
        ['cancontain', 'desktype', 'mugtype'],
      ]),
    )
    expect(game.start.contents).toEqual([[0], [0]])
    expect([...game.canContain]).toEqual(['desk mug'])
  })

  it('refuses a game without an agent, and one that puts a receptacle at two locations', () => {
    expect(() => buildGame({ ...source([]), facts: [] })).toThrow(MisstepError)
    const twice = [...receptacle('desk_bar_1', 'desk', 'loc_bar_1'), ...receptacle('desk_bar_1', 'desk', 'loc_bar_2')]
    expect(() => buildGame(source(twice))).toThrow(/two locations/)
  })
})
