import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecordings } from './read-recording.ts'
import { FORMATS, REASONS, type RecordedMove, type Recording, type RecordingFormat } from './recording.ts'

const word = fc.stringMatching(/^[a-z0-9(),.'/]{1,8}$/).filter(text => !/^ok/.test(text))
const sentence = fc.array(word, { minLength: 1, maxLength: 5 }).map(words => words.join(' '))
const moves = fc.array(fc.record({ thought: sentence, action: sentence, seen: sentence }), {
  minLength: 1,
  maxLength: 6,
})

/** How each format writes the very same episode. */
const writers: Record<string, [RecordingFormat, (told: string, moves: readonly RecordedMove[]) => unknown]> = {
  ETO: [
    'eto',
    (told, moves) => ({
      conversations: [
        { from: 'human', value: 'Solve a task.' },
        { from: 'gpt', value: 'OK' },
        { from: 'human', value: told },
        ...moves.flatMap(({ thought, action, seen }) => [
          { from: 'gpt', value: `Thought: ${thought}\nAction: ${action}` },
          { from: 'human', value: `Observation: ${seen}` },
        ]),
      ],
    }),
  ],
  AgentGym: [
    'agentgym',
    (told, moves) => ({
      conversations: [
        { from: 'human', value: 'Solve a task.', loss: null },
        { from: 'gpt', value: "OK. I'll follow your instructions.", loss: false },
        { from: 'human', value: told, loss: null },
        ...moves.flatMap(({ thought, action, seen }) => [
          { from: 'gpt', value: `Thought:\n${thought}\n\nAction:\n${action} `, loss: true },
          { from: 'human', value: seen, loss: null },
        ]),
      ],
    }),
  ],
  'AgentGym, taken apart': [
    'agentgym',
    (told, moves) => ({
      conversations: [
        { role: 'env', text: told },
        ...moves.flatMap(({ thought, action, seen }) => [
          { role: 'agent', thought, action },
          { role: 'env', text: seen },
        ]),
      ],
    }),
  ],
  'OpenAI messages': [
    'openai',
    (told, moves) => ({
      messages: [
        { role: 'system', content: 'Solve a task.' },
        { role: 'user', content: [{ type: 'text', text: told }] },
        ...moves.flatMap(({ thought, action, seen }) => [
          { role: 'assistant', content: `Thought: ${thought}\nAction: ${action}` },
          { role: 'user', content: seen },
        ]),
      ],
    }),
  ],
  'OpenAI tool calls': [
    'openai',
    (told, moves) => ({
      messages: [
        { role: 'user', content: told },
        ...moves.flatMap(({ thought, action, seen }) => [
          {
            role: 'assistant',
            content: thought,
            tool_calls: [
              { id: 'c', type: 'function', function: { name: 'act', arguments: JSON.stringify({ action }) } },
            ],
          },
          { role: 'tool', tool_call_id: 'c', content: seen },
        ]),
      ],
    }),
  ],
  'ShareGPT, without thoughts': [
    'sharegpt',
    (told, moves) => ({
      conversations: [
        { from: 'human', value: told },
        ...moves.flatMap(({ action, seen }) => [
          { from: 'gpt', value: action },
          { from: 'human', value: seen },
        ]),
      ],
    }),
  ],
}

const readOne = (record: unknown, format: RecordingFormat) => readRecordings(record, format, 'record 1')[0] as Recording

describe('readRecordings', () => {
  it.each(Object.entries(writers))('reads back what was written as %s', (name, [format, write]) => {
    fc.assert(
      fc.property(sentence, moves, (told, written) => {
        const { before, moves: read } = readOne(write(told, written), format)
        const withoutThoughts = name.includes('without thoughts')
        expect(read).toEqual(written.map(move => (withoutThoughts ? { ...move, thought: '' } : move)))
        expect(before).toContain(told)
      }),
    )
  })

  it('makes of any JSON value either moves or a reason, and throws at nothing', () => {
    const role = fc.constantFrom('human', 'gpt', 'user', 'assistant', 'tool', 'agent', 'system', '__proto__')
    const text = fc.oneof(fc.string(), fc.constantFrom('Action:', 'Thought: Action: x', 'think:', '\0', 'OK', '> look'))
    const call = fc.record({
      function: fc.record({ name: fc.string(), arguments: fc.oneof(fc.json(), fc.anything()) }),
    })
    const message = fc.record(
      {
        ...{
          from: role,
          role,
          value: text,
          content: fc.oneof(text, fc.jsonValue()),
          text,
          thought: text,
          action: text,
        },
        tool_calls: fc.oneof(fc.array(call), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    const list = fc.array(fc.oneof({ weight: 9, arbitrary: message }, fc.jsonValue()), { maxLength: 8 })
    const names = [
      'conversations',
      'messages',
      'id',
      'item_id',
      'task',
      'goal_idx',
      'candidates',
      'variation',
      'reward',
    ]
    const record = fc.oneof(
      fc.jsonValue(),
      list,
      fc.dictionary(fc.constantFrom(...names, '7', '__proto__', 'constructor'), fc.oneof(list, fc.jsonValue())),
    )
    fc.assert(
      fc.property(record, fc.constantFrom(...FORMATS), (value, format) => {
        for (const read of readRecordings(value, format, 'record 1')) {
          if ('reason' in read) {
            expect(Object.keys(REASONS)).toContain(read.reason)
            continue
          }
          expect(read.moves.length).toBeGreaterThan(0)
          for (const { thought, action } of read.moves) {
            expect(action).not.toBe('')
            expect(`${thought}${action}`).not.toMatch(/[\n\r]/)
          }
        }
      }),
      { numRuns: 400 },
    )
  })

  it('takes a task after a worked example for the task, in recordings of ETO', () => {
    const turn = (action: string) => ({ from: 'gpt', value: `Thought: t\nAction: ${action}` })
    const told = (value: string) => ({ from: 'human', value })
    const conversations = [told('Solve.'), turn('OK'), told('example'), turn('a'), told('Observation: b')]
    const { before, moves } = readOne({ conversations: [...conversations, turn('c'), told('task'), turn('d')] }, 'eto')
    expect({ before, moves }).toEqual({ before: 'task', moves: [{ thought: 't', action: 'd' }] })
  })

  it('passes over a turn without an action, and what was answered to it', () => {
    const messages = [
      { role: 'user', content: 'task' },
      { role: 'assistant', content: 'Thought: a\nAction: look' },
      { role: 'user', content: 'a room' },
      { role: 'assistant', content: 'I wonder.' },
      { role: 'user', content: 'Your input must contain an action' },
      { role: 'assistant', content: 'Action: go' },
    ]
    expect(readOne(messages, 'openai')).toMatchObject({
      withoutMove: 1,
      moves: [
        { thought: 'a', action: 'look', seen: 'a room' },
        { thought: '', action: 'go' },
      ],
    })
  })

  it("joins ReAct's thoughts, which are turns of their own, to the action after them", () => {
    const values = ['task', '> think: a mug', 'OK.', '> go to desk 1', 'a desk']
    const conversations = values.map((value, index) => ({ from: index % 2 ? 'gpt' : 'human', value }))
    expect(readOne({ conversations }, 'sharegpt').moves).toEqual([
      { thought: 'a mug', action: 'go to desk 1', seen: 'a desk' },
    ])
  })

  it('reads the turns of an agent under the number of each goal', () => {
    const read = readRecordings({ 6: ['Ok.', 'Thought:\nx\n\nAction:\nsearch[y]'], 8: ['Ok.'] }, 'agentgym', 'record 1')
    expect(read).toEqual([
      {
        ...{ name: 'goal 6', hints: { ids: [], goal: 6 }, before: '', withoutMove: 0 },
        moves: [{ thought: 'x', action: 'search[y]' }],
      },
      { name: 'goal 8', reason: 'no-moves' },
    ])
  })

  it.each([
    ['eto', { id: '2_17' }, { variation: { kind: 'freeze', number: 17 } }],
    ['eto', { id: 4116, reward: 0.5 }, { goal: 4116 }],
    ['agentgym', { item_id: 'webshop_12' }, { goal: 12 }],
    ['agentgym', { task: 'boil', variation: 3 }, { variation: { kind: 'boil', number: 3 } }],
    ['openai', { task: { id: 'unseen/boil/21' } }, { ids: ['unseen/boil/21'] }],
    [
      'eto',
      { game_file: '/data/json_2.1.1/train/a/b/game.tw-pddl' },
      { ids: ['/data/json_2.1.1/train/a/b/game.tw-pddl'] },
    ],
  ] as const)('finds out of %s %j which task it is', (format, fields, hints) => {
    const conversations = [{ from: 'gpt', value: 'Action: look' }]
    expect(readOne({ ...fields, conversations }, format).hints).toMatchObject(hints)
  })
})
