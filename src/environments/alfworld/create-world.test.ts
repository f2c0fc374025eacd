import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { generateGame } from '../households/generate.ts'
import { createLayouts } from '../households/layout.ts'
import { buildGame } from './build-game.ts'
import { createWorld } from './create-world.ts'
import { describeOpening } from './descriptions.ts'
import type { Fact, Goal } from './game.ts'
import { HELP, PROFILES, type Profile } from './profile.ts'
import type { World } from './world.ts'

/**
 * A kitchen: a countertop and a closed cabinet share a location; fridge, microwave, sink and a shelf have their own.
 * The desklamp stands in the closed cabinet, the floorlamp in nothing.
 */
function kitchen(
  goal: Goal = { kind: 'pick_and_place_simple', object: 'mug', receptacle: 'shelf' },
  extra: Fact[] = [],
) {
  const places = { countertop: 1, cabinet: 1, fridge: 2, microwave: 3, sinkbasin: 4, shelf: 5 }
  const facts: Fact[] = [['atlocation', 'agent1', 'loc_bar_0'], ...extra]
  for (const [type, place] of Object.entries(places)) {
    const id = type === 'sinkbasin' ? 'sink_bar_1_bar_sinkbasin' : `${type}_bar_1`
    facts.push(['receptacletype', id, `${type}type`], ['receptacleatlocation', id, `loc_bar_${place}`])
    if (['cabinet', 'fridge', 'microwave'].includes(type)) facts.push(['openable', id])
    for (const thing of ['mug', 'apple', 'knife', 'pot']) {
      if (type !== 'sinkbasin') facts.push(['cancontain', `${type}type`, `${thing}type`])
    }
  }
  const lay = (id: string, place: string, location: number, ...abilities: string[]) => {
    facts.push(['objecttype', id, `${id.split('_bar_')[0]}type`], ['objectatlocation', id, `loc_bar_${location}`])
    if (place) facts.push(['inreceptacle', id, place])
    for (const ability of abilities) facts.push([ability, id])
  }
  lay('mug_bar_1', 'countertop_bar_1', 1, 'pickupable', 'cleanable', 'heatable', 'coolable')
  lay('mug_bar_2', 'shelf_bar_1', 5, 'pickupable', 'cleanable', 'heatable', 'coolable')
  lay('apple_bar_1', 'countertop_bar_1', 1, 'pickupable', 'cleanable', 'heatable', 'coolable', 'sliceable')
  lay('knife_bar_1', 'countertop_bar_1', 1, 'pickupable', 'cleanable')
  lay('pot_bar_1', 'shelf_bar_1', 5, 'pickupable', 'isreceptacleobject')
  lay('spoon_bar_1', 'shelf_bar_1', 5, 'pickupable')
  lay('statue_bar_1', 'shelf_bar_1', 5)
  lay('desklamp_bar_1', 'cabinet_bar_1', 1, 'toggleable')
  lay('floorlamp_bar_1', '', 5, 'toggleable')
  facts.push(['inreceptacleobject', 'spoon_bar_1', 'pot_bar_1'], ['inreceptacleobject', 'pot_bar_1', 'pot_bar_1'])
  return buildGame({ id: 'kitchen', sentence: 'put some mug on shelf.', goal, facts })
}

function play(commands: readonly string[], world: World = createWorld(kitchen())): string[] {
  return commands.map(command => world.step(command).observation)
}

/** What the last command says, after the others. */
const last = (...commands: string[]) => play(commands).at(-1)
const reason = (...commands: string[]) => {
  const world = createWorld(kitchen())
  play(commands.slice(0, -1), world)
  return world.step(commands.at(-1)!).reason
}

describe('the texts', () => {
  it('opens with all receptacles, two-part lists with a comma before the and', () => {
    expect(describeOpening(kitchen(), PROFILES['2.1.3'])).toBe(
      '-= Welcome to TextWorld, ALFRED! =-\n\nYou are in the middle of a room. Looking quickly around you, you see a cabinet 1, a countertop 1, a fridge 1, a microwave 1, a shelf 1, and a sinkbasin 1.\n\nYour task is to: put some mug on shelf.',
    )
    expect(last('go to countertop 1', 'take apple 1 from countertop 1', 'examine countertop 1')).toBe(
      'On the countertop 1, you see a knife 1, and a mug 2.',
    )
  })

  it('knows no room before the first walk, and everything that shares the location after it', () => {
    expect(last('look')).toBe('You are in the middle of a room. Looking quickly around you, you see nothing.')
    expect(last('go to cabinet 1', 'look')).toBe(
      'You are facing the cabinet 1, and countertop 1. Next to it, you see nothing.',
    )
  })

  it('finds beside the receptacles what was moved from one to another at the same location', () => {
    const moves = ['take mug 2 from countertop 1', 'open cabinet 1', 'move mug 2 to cabinet 1']
    expect(last('go to countertop 1', ...moves, 'look')).toMatch(/Next to it, you see a mug 2\.$/)
    const back = ['take mug 2 from cabinet 1', 'move mug 2 to countertop 1', 'take mug 2 from countertop 1']
    expect(last('go to countertop 1', ...moves, ...back, 'look')).toMatch(/Next to it, you see nothing\.$/)
  })

  it('words arrival, putting down, help and the opening by the profile', () => {
    const said = (profile: Profile) => {
      const world = createWorld(kitchen(), profile)
      const put = profile === '2.1.3' ? 'move mug 2 to countertop 1' : 'put mug 2 in/on countertop 1'
      return play(['go to countertop 1', 'take mug 2 from countertop 1', put, 'help'], world)
    }
    const seen = 'On the countertop 1, you see a apple 1, a knife 1, and a mug 2.'
    const took = 'You pick up the mug 2 from the countertop 1.'
    expect(said('2.1.3')).toEqual([
      `You arrive at countertop 1. ${seen}`,
      took,
      'You move the mug 2 to the countertop 1.',
      HELP,
    ])
    const older = [took, 'You put the mug 2 in/on the countertop 1.', 'Nothing happens.']
    expect(said('2.1.1')).toEqual([`You arrive at loc 5. ${seen}`, ...older])
    expect(said('2.1.1-eto')).toEqual([seen, ...older])
    expect(said('2.1.1-react')).toEqual([seen, ...older])
    expect(describeOpening(kitchen(), PROFILES['2.1.1-react'])).toMatch(
      /^You are .*\.\nYour task is to: put some mug on shelf\.$/,
    )
  })

  it('describes a held object by the first rule that fits', () => {
    const hold = ['go to countertop 1', 'take apple 1 from countertop 1']
    const examine = (...between: string[]) => last(...hold, ...between, 'examine apple 1')
    const heat = ['go to microwave 1', 'heat apple 1 with microwave 1']
    const cool = ['go to fridge 1', 'cool apple 1 with fridge 1']
    const clean = ['go to sinkbasin 1', 'clean apple 1 with sinkbasin 1']
    expect(examine()).toBe("There's nothing special about apple 1.")
    expect(examine(...clean)).toBe('This is a clean apple 1.')
    expect(examine(...heat)).toBe('This is a hot apple 1.')
    expect(examine(...cool)).toBe('This is a cold apple 1.')
    expect(examine(...heat, ...cool, ...clean)).toBe('This is a cool and clean apple 1.')
    expect(examine(...cool, ...heat, ...clean)).toBe('This is a hot and clean apple 1.')
    expect(last('go to shelf 1', 'take pot 1 from shelf 1', 'examine pot 1')).toBe(
      'This is a normal pot 1. In it, you see a spoon 1.',
    )
    const sliced = ['go to countertop 1', 'take knife 1 from countertop 1', 'slice apple 1 with knife 1']
    const swap = ['move knife 1 to countertop 1', 'take apple 1 from countertop 1']
    expect(last(...sliced)).toBe('You sliced the apple 1 with the knife 1.')
    expect(last(...sliced, ...swap, 'examine apple 1')).toBe('This is a sliced apple 1.')
    expect(last(...sliced, ...swap, ...clean, ...cool, 'examine apple 1')).toBe(
      'This is a cool and clean sliced apple 1.',
    )
  })
})

describe('the rules', () => {
  it('shows closed receptacles only once they are opened, and remembers what was shown', () => {
    const world = createWorld(kitchen())
    const cabinet = world.game.receptacles.findIndex(({ name }) => name === 'cabinet 1')
    expect(play(['go to cabinet 1'], world)).toEqual(['You arrive at cabinet 1. The cabinet 1 is closed.'])
    expect(world.shown[cabinet]).toBe(0)
    expect(play(['open cabinet 1', 'close cabinet 1', 'examine cabinet 1'], world)).toEqual([
      'You open the cabinet 1. The cabinet 1 is open. In it, you see a desklamp 1.',
      'You close the cabinet 1.',
      'The cabinet 1 is closed.',
    ])
    expect(world.shown[cabinet]).toBe(1)
  })

  it('lets things be heated, cooled and turned on behind closed doors, again and again', () => {
    expect(last('go to cabinet 1', 'use desklamp 1', 'use desklamp 1')).toBe('You turn on the desklamp 1.')
    const mug = ['go to countertop 1', 'take mug 2 from countertop 1', 'go to microwave 1']
    expect(last(...mug, 'heat mug 2 with microwave 1', 'heat mug 2 with microwave 1')).toBe(
      'You heat the mug 2 using the microwave 1.',
    )
  })

  it('says why nothing happened, without telling what was not seen', () => {
    expect(reason('dance')).toBe('This is not a command.')
    expect(reason('help me')).toBe('This is not a command.')
    expect(reason('go to moon 1')).toBe('There is no receptacle called "moon 1".')
    expect(reason('go to fridge 1', 'go to fridge 1')).toBe('You are already at the fridge 1.')
    expect(reason('go to cabinet 1', 'go to countertop 1')).toMatch(/shares this location/)
    expect(reason('open fridge 1')).toBe('You are not at the fridge 1.')
    expect(reason('go to shelf 1', 'open shelf 1')).toBe('The shelf 1 cannot be opened or closed.')
    expect(reason('go to fridge 1', 'close fridge 1')).toBe('The fridge 1 is closed already.')
    expect(reason('examine mug 1')).toBe('The mug 1 is neither held nor a receptacle here.')
    expect(reason('go to shelf 1', 'use floorlamp 1')).toBe('There is no floorlamp 1 here that can be turned on.')
    expect(reason('go to cabinet 1', 'take desklamp 1 from cabinet 1')).toBe('The cabinet 1 is closed.')
    expect(reason('go to shelf 1', 'take statue 1 from shelf 1')).toBe('The statue 1 cannot be picked up.')
    expect(reason('go to shelf 1', 'take mug 2 from shelf 1')).toBe('There is no mug 2 in or on the shelf 1.')
    expect(reason('go to shelf 1', 'take mug 7 from shelf 1')).toBe('There is no mug 7 in or on the shelf 1.')
    const holding = ['go to shelf 1', 'take spoon 1 from shelf 1']
    expect(reason(...holding, 'take mug 1 from shelf 1')).toBe('Your hands are full: you hold the spoon 1.')
    expect(reason(...holding, 'move spoon 1 to shelf 1')).toBe('The shelf 1 cannot hold the spoon 1.')
    expect(reason(...holding, 'clean spoon 1 with sinkbasin 1')).toBe('The spoon 1 is not cleanable.')
    expect(reason('move mug 1 to shelf 1')).toBe('You do not hold the mug 1: your hands are empty.')
    const mug = ['go to shelf 1', 'take mug 1 from shelf 1']
    expect(reason(...mug, 'heat mug 1 with shelf 1')).toBe('The shelf 1 cannot heat things: this needs a microwave.')
    expect(reason(...mug, 'slice apple 1 with knife 1')).toBe('You do not hold the knife 1: you hold the mug 1.')
  })

  it('forgives nothing but white space around a command', () => {
    expect(last('  look\n')).not.toBe('Nothing happens.')
    for (const command of [
      'Look',
      'go  to shelf 1',
      'go to shelf',
      'go to Shelf 1',
      'l',
      '',
      'take mug 1',
      '\ufefflook',
    ]) {
      expect(last(command), command).toBe('Nothing happens.')
    }
  })

  it('shares nothing between a world and its fork', () => {
    const world = createWorld(kitchen())
    play(['go to countertop 1', 'take mug 2 from countertop 1'], world)
    const fork = world.fork()
    const before = fork.admissible()
    play(['open cabinet 1', 'move mug 2 to cabinet 1', 'go to fridge 1', 'open fridge 1'], world)
    expect(fork.admissible()).toEqual(before)
    play(['move mug 2 to countertop 1'], fork)
    expect(fork.step('look').observation).toMatch(/Next to it, you see nothing\.$/)
    expect(world.held).toBe(-1)
    expect(createWorld(world.game).step('go to countertop 1').observation).toMatch(/a mug 2\.$/)
  })
})

describe('winning', () => {
  const wins = (goal: Goal, ...commands: string[]) => {
    const world = createWorld(kitchen(goal))
    return commands.map(command => world.step(command).won)
  }
  const mug = { object: 'mug', receptacle: 'countertop' }
  const fetch = ['go to shelf 1', 'take mug 1 from shelf 1']
  const bring = ['go to countertop 1', 'move mug 1 to countertop 1']

  it('holds from the start where the goal is met already, and ends when it is undone', () => {
    const goal: Goal = { kind: 'pick_and_place_simple', ...mug }
    expect(createWorld(kitchen(goal)).won).toBe(true)
    expect(wins(goal, 'go to countertop 1', 'take mug 2 from countertop 1')).toEqual([true, false])
  })

  it('needs two things of a kind in one place', () => {
    expect(wins({ kind: 'pick_two_obj_and_place', ...mug }, ...fetch, ...bring)).toEqual([false, false, false, true])
  })

  it('needs what is put to be clean, hot or cool', () => {
    for (const [kind, place, verb] of [
      ['pick_clean_then_place_in_recep', 'sinkbasin 1', 'clean'],
      ['pick_heat_then_place_in_recep', 'microwave 1', 'heat'],
      ['pick_cool_then_place_in_recep', 'fridge 1', 'cool'],
    ] as const) {
      const treat = [`go to ${place}`, `${verb} mug 1 with ${place}`]
      expect(wins({ kind, ...mug }, ...fetch, ...bring).at(-1), kind).toBe(false)
      expect(wins({ kind, ...mug }, ...fetch, ...treat, ...bring).at(-1), kind).toBe(true)
    }
  })

  it('needs the thing in hand beside a lamp that is on, in either order', () => {
    const goal: Goal = { kind: 'look_at_obj_in_light', object: 'mug', lamp: 'desklamp' }
    const lamp = ['go to cabinet 1', 'use desklamp 1']
    expect(wins(goal, ...fetch, ...lamp).at(-1)).toBe(true)
    expect(wins(goal, ...lamp, ...fetch, 'go to cabinet 1')).toEqual([false, false, false, false, true])
  })
})

describe('any episode', () => {
  const layouts = createLayouts(4)
  const games = Array.from({ length: 12 }, (_, index) => generateGame(layouts, 'seen', index))
  const places = [
    'desk 1',
    'cabinet 1',
    'cabinet 2',
    'fridge 1',
    'microwave 1',
    'sinkbasin 1',
    'countertop 1',
    'drawer 1',
  ]
  const things = ['mug 1', 'apple 1', 'knife 1', 'book 1', 'desklamp 1', 'soapbar 1', 'moon 1', '']
  const made = fc
    .tuple(
      fc.constantFrom(
        'go to',
        'open',
        'close',
        'examine',
        'take',
        'move',
        'put',
        'clean',
        'heat',
        'cool',
        'use',
        'slice',
      ),
      fc.constantFrom(...things, ...places),
      fc.constantFrom('', ' from ', ' to ', ' with ', ' in/on '),
      fc.constantFrom(...places, ...things),
    )
    .map(words =>
      words.slice(2).includes('') ? `${words[0]} ${words[1]}` : `${words[0]} ${words[1]}${words[2]}${words[3]}`,
    )
  const typed = fc.oneof(made, fc.string(), fc.constantFrom('look', 'inventory', 'help'))

  it('accepts exactly the admissible commands, and never throws', () => {
    const property = fc.property(
      fc.nat(games.length - 1),
      fc.array(fc.oneof(typed, fc.nat(1000)), { maxLength: 60 }),
      (index, inputs) => {
        const world = createWorld(games[index]!)
        for (const input of inputs) {
          const admissible = world.admissible()
          const command = typeof input === 'number' ? admissible[input % admissible.length]! : input
          const outcome = world.step(command)
          const known = admissible.includes(command.trim())
          const unchanged = known || world.admissible().join() === admissible.join()
          const sorted = [...new Set(admissible)].sort().join() === admissible.join()
          const nothing = outcome.observation === 'Nothing happens.' && typeof outcome.reason === 'string'
          if (outcome.accepted !== known || nothing === known || !unchanged || !sorted) {
            expect.fail(`${JSON.stringify(command)} among ${admissible.join(', ')} gave ${JSON.stringify(outcome)}`)
          }
        }
      },
    )
    fc.assert(property, { numRuns: 100, seed: 1 })
  })

  it('goes on in a fork just as it would have gone on itself', () => {
    const property = fc.property(fc.nat(games.length - 1), fc.nat(30), fc.nat(), (index, cut, seed) => {
      const world = createWorld(games[index]!)
      const random = createRandom(seed)
      for (let i = 0; i < cut; i++) world.step(random.pick(world.admissible()))
      const fork = world.fork()
      const commands = Array.from({ length: 15 }, () => {
        const command = random.pick(world.admissible())
        return [command, world.step(command), world.admissible()] as const
      })
      const again = commands.map(([command]) => [command, fork.step(command), fork.admissible()])
      expect(JSON.stringify(again)).toBe(JSON.stringify(commands))
    })
    fc.assert(property, { numRuns: 40, seed: 2 })
  })
})
