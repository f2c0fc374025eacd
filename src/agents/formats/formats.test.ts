import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText, createStep as createAnyStep } from '../../../test/kit/conversations.ts'
import type { Step } from '../../core/trajectory.ts'
import { type FormatOptions, type FormatSituation, messagesOf } from './agent-format.ts'
import { FORMATS, type FormatName } from './formats.ts'

const createStep = (parts: Partial<Step> = {}) => createAnyStep({ thought: 't', action: 'a', ...parts })

const names = Object.keys(FORMATS) as FormatName[]
const ENVIRONMENTS = ['alfworld', 'households', 'webshop', 'sciworld', 'my-world']

const example = {
  instruction: 'cool a mug',
  opening: 'A room.',
  steps: [createStep({ observation: 'one' }), createStep()],
}
const options = (more: Partial<FormatOptions> = {}): FormatOptions => ({
  prompt: 'Interact.',
  explain: true,
  examples: [example],
  ...more,
})
const situation = (steps: Step[], environment = 'my-world', opening = 'A kitchen.'): FormatSituation => ({
  task: { id: 't', environment, split: 'train', kind: 'k' },
  instruction: 'heat an egg',
  opening,
  steps,
})

/** A step as a model or a teacher leaves it behind. */
const anyStep = fc
  .record({ thought: anyText, action: anyText, observation: anyText, text: fc.option(anyText, { nil: undefined }) })
  .map(({ text, ...rest }) => createStep({ ...rest, ...(text !== undefined && { text }) }))

const anyAnswer = fc
  .record({
    text: fc.oneof(
      anyText,
      fc
        .array(fc.constantFrom('Thought:', 'Action:', 'Action: ', '\n', 'look', '**Action:** ', '</think>', '`'), {
          maxLength: 10,
        })
        .map(parts => parts.join('')),
    ),
    call: fc.option(fc.oneof(anyText, fc.json()), { nil: undefined }),
  })
  .map(({ text, call }) => ({
    text,
    ...(call !== undefined && { toolCall: { name: 'act', arguments: call } }),
    finish: 'stop' as const,
    tokensIn: 1,
    tokensOut: 1,
  }))

describe.each(names)('the format %s', name => {
  const format = FORMATS[name]

  it('only ever adds messages at the end, so that prefix caches hit', () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { maxLength: 5 }),
        fc.constantFrom(...ENVIRONMENTS),
        fc.boolean(),
        (steps, environment, shown) => {
          const given = options(shown ? {} : { examples: [], explain: false })
          const whole = messagesOf(format, situation(steps, environment), given)
          for (let k = 0; k < steps.length; k++) {
            const seen = messagesOf(format, situation(steps.slice(0, k), environment), given)
            expect(seen).toEqual(whole.slice(0, seen.length))
            expect(seen.at(-1)!.role).not.toBe('assistant')
            expect(whole[seen.length]).toMatchObject({ role: 'assistant', step: k })
          }
        },
      ),
    )
  })

  it('alternates between the agent and the world, examples included', () => {
    for (const environment of ENVIRONMENTS) {
      for (const given of [options(), options({ examples: [example, example] }), options({ examples: [] })]) {
        const messages = messagesOf(format, situation([createStep(), createStep()], environment), given)
        const mine = messages.map(message => message.role === 'assistant')
        // Only the task after the result of an example's last call makes two in a row.
        const repeats = mine.filter((own, i) => i > 0 && own === mine[i - 1]).length
        expect(repeats).toBe(name === 'tools' ? given.examples.length : 0)
        expect(messages[0]!.content).toContain('Interact.')
        expect(messages.filter(message => message.step < 0).at(-1)!.content).toMatch(
          environment === 'sciworld' && name === 'eto' ? /^heat an egg$/ : /A kitchen\.$/,
        )
      }
    }
  })

  it('makes a move of any answer, and shows it to the model as it was', () => {
    fc.assert(
      fc.property(anyAnswer, fc.constantFrom(...ENVIRONMENTS), (answer, environment) => {
        const at = situation([], environment)
        const move = format.read(answer, at)
        expect(move).toMatchObject({ thought: expect.any(String), action: expect.any(String) })
        const { thought, action, text } = move
        const step = createStep({ thought, action, ...(text !== undefined && { text }) })
        const [said] = messagesOf(format, situation([step], environment), options()).slice(-2)
        if (said!.toolCall) expect(JSON.parse(said!.toolCall.arguments)).toEqual({ thought, action })
        else expect(said!.content).toBe(name === 'tools' && answer.toolCall ? answer.toolCall.arguments : answer.text)
      }),
    )
  })
})

describe('the format react', () => {
  it.each([
    ['**Thought:** I go.\n**Action:** go to fridge 1', 'I go.', 'go to fridge 1'],
    ['Thought: I go.\nAction: `go to fridge 1`', 'I go.', 'go to fridge 1'],
    ['<think>Action: no\n</think>\n\nThought: I go.\nAction: go to fridge 1', 'I go.', 'go to fridge 1'],
  ])('reads what chat models make of it: %j', (text, thought, action) => {
    const answer = { text, finish: 'stop' as const, tokensIn: 1, tokensOut: 1 }
    expect(FORMATS.react.read(answer, situation([]))).toEqual({ thought, action, text })
  })
})

describe('the format eto', () => {
  const read = (text: string, environment: string) =>
    FORMATS.eto.read({ text, finish: 'stop', tokensIn: 1, tokensOut: 1 }, situation([], environment))

  // What `re.findall(re.compile(r"Action:\s?(.*)", re.DOTALL), text.strip())[0]` gives for households, and the same with
  // `Action: (.*)` for the others.
  it.each([
    ['Thought: I go.\nAction: go to fridge 1', 'go to fridge 1', 'go to fridge 1'],
    ['Action: look\nObservation: A mug.\nAction: take mug', ...twice('look\nObservation: A mug.\nAction: take mug')],
    ['Thought: x Action: look', 'look', 'look'],
    ['  Action:   look  \n', '  look', '  look'],
    ['Action:look', 'look', undefined],
    ['Action:\nlook', 'look', undefined],
    ['Action:\u001clook Action: up', 'look Action: up', 'up'],
    ['Action: ', '', undefined],
    ['action: look', undefined, undefined],
    ['I look.', undefined, undefined],
    ['', undefined, undefined],
  ])('sends what follows the first mark: %j', (text, household, others) => {
    for (const environment of ['alfworld', 'households']) expect(read(text, environment).action).toBe(household ?? '')
    for (const environment of ['webshop', 'sciworld']) expect(read(text, environment).action).toBe(others ?? '')
  })

  it('tells the instruction, has it acknowledged, shows an example, then the task, with labelled observations', () => {
    const steps = [createStep({ observation: 'An egg.' }), createStep({ text: 'I look.', observation: 'never seen' })]
    const opening = '-= Welcome to TextWorld, ALFRED! =-\n\nYou are in a room.\n\nYour task is to: heat an egg.'
    const contents = messagesOf(FORMATS.eto, situation(steps, 'alfworld', opening), options({ explain: false })).map(
      message => message.content,
    )
    expect(contents).toEqual([
      'Interact.',
      'OK',
      'A room.',
      'Thought: t\nAction: a',
      'Observation: one',
      'Thought: t\nAction: a',
      'You are in a room.\nYour task is to: heat an egg.',
      'Thought: t\nAction: a',
      'Observation: An egg.',
      'I look.',
      "Observation: Error Input. Your input must contains 'Action: '",
    ])
    const shop = messagesOf(FORMATS.eto, situation(steps, 'webshop'), options({ examples: [] })).slice(2)
    expect(shop.map(message => message.content)).toEqual([
      'A kitchen.',
      'Thought: t\nAction: a',
      'Observation:\nAn egg.',
      'I look.',
      "Observation: Invalid format. The input must contains 'Action: '",
    ])
  })
})

describe('the format tools', () => {
  it('answers each call with its result, and what was no call as a message', () => {
    const steps = [createStep({ observation: 'one' }), createStep({ text: 'Hm.', observation: 'two' })]
    const messages = messagesOf(FORMATS.tools, situation(steps), options({ examples: [] }))
    expect(messages.map(({ role, content, toolCall }) => [role, toolCall?.arguments ?? content]).slice(1)).toEqual([
      ['assistant', '{"thought":"t","action":"a"}'],
      ['tool', 'one'],
      ['assistant', 'Hm.'],
      ['user', 'two'],
    ])
  })

  it.each([
    ['{"thought": "I go.", "action": "look"}', '', { thought: 'I go.', action: 'look' }],
    ['{"action": "look"}', 'I go.', { thought: 'I go.', action: 'look' }],
    ['{"action": "go to\\nfridge 1"}', '', { thought: '', action: 'go to fridge 1' }],
    ['{"move": "look"}', '', { thought: '', action: '', text: '{"move": "look"}' }],
    ['{"action": "loo', '', { thought: '', action: '', text: '{"action": "loo' }],
  ])('reads the call %j', (call, text, move) => {
    const answer = {
      text,
      toolCall: { name: 'act', arguments: call },
      finish: 'stop' as const,
      tokensIn: 1,
      tokensOut: 1,
    }
    expect(FORMATS.tools.read(answer, situation([]))).toEqual(move)
  })
})

function twice(text: string): [string, string] {
  return [text, text]
}
