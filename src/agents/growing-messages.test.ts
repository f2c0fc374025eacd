import { describe, expect, it } from 'vitest'
import { createStep } from '../../test/kit/conversations.ts'
import type { Situation } from '../core/agent.ts'
import { messagesOf } from './formats/agent-format.ts'
import { FORMATS } from './formats/formats.ts'
import { createGrowingMessages } from './growing-messages.ts'

const options = { prompt: 'p', explain: false, examples: [] }
const situation = (steps: Situation['steps'], opening = 'A room.') =>
  ({ conversation: 'c', instruction: 'heat an egg', opening, steps, task: { environment: 'my-world' } }) as Situation

describe('growing messages', () => {
  it('keep the messages that they have, as the very same objects', () => {
    const messages = createGrowingMessages(FORMATS.react, options)
    const steps = [createStep({ action: 'one' })]
    const first = [...messages.of(situation(steps))]
    steps.push(createStep({ action: 'two' }))
    const second = messages.of(situation(steps))
    expect(second).toEqual(messagesOf(FORMATS.react, situation(steps), options))
    expect(second.length).toBe(first.length + 2)
    for (const [i, message] of first.entries()) expect(second[i]).toBe(message)
  })

  it('begin anew where the conversation is another one under the same name', () => {
    const messages = createGrowingMessages(FORMATS.react, options)
    const one = situation([createStep({ action: 'one' }), createStep({ action: 'two' })])
    for (const other of [one, situation([createStep({ action: 'other' })]), situation([], 'A hall.'), one]) {
      expect(messages.of(other)).toEqual(messagesOf(FORMATS.react, other, options))
    }
  })
})
