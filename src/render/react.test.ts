import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText, createStep, createTrajectory } from '../../test/kit/conversations.ts'
import { formatMove, parseMove, situationMessages, stepText, trajectoryMessages } from './index.ts'

describe('a move', () => {
  it('is read back as it was written', () => {
    const line = anyText.map(text => `a${text.replace(/\s+/g, ' ')}z`)
    fc.assert(
      fc.property(line, line, (thought, action) => {
        const move = { thought, action }
        expect(parseMove(formatMove(move))).toEqual(move)
      }),
    )
  })

  it('never throws, stays on one line, and what the model wrote is kept to the letter', () => {
    const pieces = fc.constantFrom('Thought:', 'Action:', '\n', '\r\n', ' ', 'go to fridge 1', 'action :', '\u2028')
    const written = fc.oneof(
      anyText,
      fc.array(pieces, { maxLength: 12 }).map(parts => parts.join('')),
    )
    fc.assert(
      fc.property(written, text => {
        const move = parseMove(text)
        expect(stepText(move)).toBe(text)
        expect(`${move.thought}${move.action}`).not.toMatch(/[\r\n]/)
      }),
    )
  })

  it.each([
    ['go to fridge 1', '', 'go to fridge 1'],
    ['Thought: I go.\nAction: go to fridge 1\nObservation: You arrive.\nAction: open it', 'I go.', 'go to fridge 1'],
    ['Thought: I look\naround.\n\nAction:   look  ', 'I look around.', 'look'],
    ['thought: x\naction: look', 'x', 'look'],
    ['Action: look', '', 'look'],
    ['Thought: I think\nand think', '', 'Thought: I think and think'],
    ['', '', ''],
  ])('is found in %j', (text, thought, action) => {
    expect(parseMove(text)).toMatchObject({ thought, action, text })
  })
})

describe('a conversation', () => {
  const steps = [createStep({ observation: 'one' }), createStep({ text: 'open it', observation: 'two' })]

  it('tells the instruction only where the opening does not', () => {
    const [told] = trajectoryMessages(createTrajectory({ opening: 'A room.' }), { prompt: 'Interact.' })
    expect(told!.content).toBe('Interact.\n\ncool a mug\n\nA room.')
    const [once] = trajectoryMessages(createTrajectory({ opening: 'A room.\nYour task is to: cool a mug.' }))
    expect(once!.content).toBe('A room.\nYour task is to: cool a mug.')
  })

  it('alternates moves and observations, and ends with the last move', () => {
    const messages = trajectoryMessages(createTrajectory({ steps }))
    expect(messages.map(message => message.role)).toEqual(['user', 'assistant', 'user', 'assistant'])
    expect(messages.map(message => message.step)).toEqual([-1, 0, 0, 1])
    expect(messages.at(-1)!.content).toBe('open it')
  })

  it('is, at each step, what the row of the whole trajectory begins with', () => {
    const whole = trajectoryMessages(createTrajectory({ steps }), { prompt: 'p' })
    for (let k = 0; k < steps.length; k++) {
      const seen = situationMessages(createTrajectory({ steps: steps.slice(0, k) }), { prompt: 'p' })
      expect(seen).toEqual(whole.slice(0, seen.length))
      expect(seen.at(-1)!.role).toBe('user')
    }
  })
})
