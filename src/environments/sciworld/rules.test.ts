import { describe, expect, it } from 'vitest'
import { explainAnswer, readAnswer, readChoices } from './answer.ts'
import { roomOf, wayTo } from './house.ts'
import type { Glimpse } from './run.ts'
import { isOver, rewardOf, roundHalfEven } from './scoring.ts'
import { nameAsSeen, shorten } from './shorten.ts'
import { checkSimplifications, isSimplified } from './simplifications.ts'

const glimpse = (changes: Partial<Glimpse> = {}): Glimpse => {
  return { observation: '', score: 0, completed: false, moves: 0, look: '', inventory: '', ...changes }
}

describe('checkSimplifications', () => {
  it('lets pass what the simulator knows', () => {
    for (const text of ['', 'easy', 'openDoors', 'teleportAction,openDoors,openContainers'])
      expect(checkSimplifications(text, 'boil')).toBe(text)
    expect(checkSimplifications('easy', 'power-component')).toBe('easy')
  })

  it('refuses what the simulator would fail the task for', () => {
    expect(() => checkSimplifications('fly', 'boil')).toThrow(/no such simplification.*"fly"[\s\S]*teleportAction/)
    expect(() => checkSimplifications('openDoors, teleportAction', 'boil')).toThrow(/without blanks/)
    expect(() => checkSimplifications('easy,openContainers', 'boil')).toThrow(/stands alone/)
    expect(() => checkSimplifications('noElectricalAction', 'test-conductivity')).toThrow(/electrical/)
  })

  it('knows that easy leaves containers closed', () => {
    expect(isSimplified('easy', 'teleportAction')).toBe(true)
    expect(isSimplified('easy', 'openContainers')).toBe(false)
    expect(isSimplified('openDoors', 'teleportAction')).toBe(false)
    expect(isSimplified('', 'openDoors')).toBe(false)
  })
})

describe('scoring', () => {
  it('rounds halves as Python does', () => {
    expect([0.5, 1.5, 2.5, 2.4, 2.6, -0.5, -1.5].map(roundHalfEven).map(value => value + 0)).toEqual([
      0, 2, 2, 2, 3, 0, -2,
    ])
  })

  it('gives the last score in hundredths, or the highest so far', () => {
    expect(rewardOf('final', glimpse({ score: 0.333 }), 0.5)).toBe(0.33)
    expect(rewardOf('final', glimpse({ score: -1 }), 0.5)).toBe(0)
    expect(rewardOf('highest', glimpse({ score: -1 }), 0.5)).toBe(0.5)
    expect(rewardOf('highest', glimpse({ score: 0.75 }), 0.5)).toBe(0.75)
  })

  it('ends with the goal, a failure, or the limits of whose protocol it is', () => {
    expect(isOver('none', 'boil', glimpse({ moves: 1000 }), 1000)).toBe(false)
    expect(isOver('none', 'boil', glimpse({ completed: true }), 1)).toBe(true)
    expect(isOver('none', 'boil', glimpse({ score: -1 }), 1)).toBe(true)
    expect(isOver('official', 'boil', glimpse({ moves: 100 }), 200)).toBe(false)
    expect(isOver('official', 'boil', glimpse({ moves: 101 }), 50)).toBe(true)
    expect(isOver('eto', 'find-plant', glimpse({ moves: 150 }), 14)).toBe(false)
    expect(isOver('eto', 'find-plant', glimpse({ moves: 3 }), 15)).toBe(true)
    expect(isOver('eto', 'boil', glimpse({ moves: 201 }), 20)).toBe(true)
  })
})

describe('readAnswer', () => {
  it.each([
    ['open door to kitchen', 'The door is already open.', 'rejected'],
    ['fly', 'No known action matches that input.', 'rejected'],
    [
      '99',
      "Unknown action.  Type 'help' for a list of actions, and 'objects' for a list of possible object referents. ",
      'rejected',
    ],
    ['pick up air', "You can't pick up a gas directly.", 'rejected'],
    ['eat table', 'The table is not edible.', 'rejected'],
    ['move cup to cup', "You can't move something into itself.", 'rejected'],
    ['pour cup into cup', "You can't move something into itself.", 'fruitless'],
    ['activate stove', "The stove appears broken, and can't be activated or deactivated.", 'fruitless'],
    ['use cup on door', "I'm not sure how to use those two things together.", 'fruitless'],
    ['open door', 'Ambiguous request: Please enter the number …:\n0:\topen door between a and b', 'ambiguous'],
    ['go to kitchen', 'You move to the kitchen.', 'done'],
    [
      'look around',
      'This room is called the kitchen. In it, you see: \n\ta fridge. The fridge door is closed. ',
      'done',
    ],
    ['look at fridge', 'a fridge. The fridge door is closed. ', 'done'],
    ['open cupboard', 'The cupboard is now open.', 'done'],
    ['focus on cup', 'You focus on the cup.', 'done'],
  ])('%s: %s', (action, observation, verdict) => {
    expect(readAnswer(action, observation)).toBe(verdict)
  })

  it('says in words why an action was not accepted', () => {
    expect(explainAnswer('rejected', 'The door is already open.')).toBe('The door is already open.')
    expect(explainAnswer('rejected', 'No known action matches that input.')).toMatch(/no such action, or nothing/)
    expect(explainAnswer('ambiguous', 'Ambiguous request: …')).toMatch(/number/)
  })

  it('reads the choices of an ambiguous request', () => {
    expect(readChoices('Ambiguous request: …:\n0:\topen door a\n1:\topen door b\n')).toEqual([
      'open door a',
      'open door b',
    ])
  })
})

describe('wayTo', () => {
  const walking = { teleports: false, openDoors: true }

  it('goes the shortest way, opening doors where they are closed', () => {
    expect(wayTo('bedroom', 'foundry', walking)).toEqual([
      'go to hallway',
      'go to kitchen',
      'go to outside',
      'go to foundry',
    ])
    expect(wayTo('bathroom', 'kitchen', { teleports: false, openDoors: false })).toEqual([
      'open door to kitchen',
      'go to kitchen',
    ])
  })

  it('teleports where that is allowed, and stays where it is', () => {
    expect(wayTo('bedroom', 'foundry', { teleports: true, openDoors: true })).toEqual(['teleport to foundry'])
    expect(wayTo('bedroom', 'bedroom', walking)).toEqual([])
  })

  it('knows no way to what is no room', () => {
    expect(wayTo('bedroom', 'moon', walking)).toBeUndefined()
    expect(roomOf('This outside location is called the outside. Here you see: ')).toBe('outside')
    expect(roomOf('something else')).toBe('')
  })
})

describe('shorten', () => {
  const at = (room: string) => glimpse({ look: `This room is called the ${room}. In it, …` })
  const way = [
    { action: 'look around', room: 'hallway', glimpse: at('hallway') },
    {
      action: 'open door to bedroom',
      room: 'hallway',
      glimpse: { ...at('hallway'), observation: 'The door is already open.' },
    },
    { action: 'go to bedroom', room: 'hallway', glimpse: at('bedroom') },
    { action: 'go to hallway', room: 'bedroom', glimpse: at('hallway') },
    { action: 'go to kitchen', room: 'hallway', glimpse: at('kitchen') },
    { action: 'pick up cup', room: 'kitchen', glimpse: at('kitchen') },
  ]

  it('leaves out looks, rejected steps and detours', () => {
    expect(shorten(way, { teleports: false, openDoors: true })[0]).toEqual(['go to kitchen', 'pick up cup'])
    expect(shorten(way, { teleports: true, openDoors: true })[0]).toEqual(['teleport to kitchen', 'pick up cup'])
  })

  it('also offers the same way without needless steps only', () => {
    expect(shorten(way, { teleports: true, openDoors: true })[1]).toEqual([
      'go to bedroom',
      'go to hallway',
      'go to kitchen',
      'pick up cup',
    ])
  })
})

describe('nameAsSeen', () => {
  it('calls things as the simulator does', () => {
    const way = [
      ['teleport to outside', 'You teleport to the outside.'],
      ['focus on egg giant tortoise', 'You focus on the giant tortoise egg.'],
      ['pick up egg giant tortoise', 'You move the giant tortoise to the inventory.'],
      ['move egg giant tortoise egg in inventory to red box', 'You move the giant tortoise to the red box.'],
      ['focus on object', 'You focus on the pillow.'],
      ['pick up flower pot 6', 'You move the flower pot 6 to the inventory.'],
      ['move flower pot 6 containing pea in inventory to green box', 'You move the flower pot 6 to the green box.'],
      ['focus on door', 'No known action matches that input.'],
    ].map(([action, observation]) => ({ action: action!, room: '', glimpse: glimpse({ observation: observation! }) }))
    expect(nameAsSeen(way)).toEqual([
      'teleport to outside',
      'focus on giant tortoise egg',
      'pick up giant tortoise egg',
      'move giant tortoise egg to red box',
      'focus on pillow',
      'pick up flower pot 6',
      'move flower pot 6 to green box',
      'focus on door',
    ])
  })
})
