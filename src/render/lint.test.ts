import { beforeAll, describe, expect, it } from 'vitest'
import { createStep, createTestFormat, createTrajectory } from '../../test/kit/conversations.ts'
import { type Example, NO_LOSS } from '../core/example.ts'
import { type ChatFormat, type LintRule, lintExamples, renderExample } from './index.ts'

let format: ChatFormat
beforeAll(async () => {
  format = await createTestFormat()
})

const trajectory = createTrajectory({
  steps: [
    createStep({ verdict: { ok: false } }),
    createStep({ by: 'teacher' }),
    createStep({ observation: '漢😀' }),
    createStep(),
  ],
})
const render = () => renderExample(format, trajectory, { mask: 'errors' })
const answers = (example: Example) => example.spans.filter(span => span.role === 'assistant' && span.to - span.from > 1)
const rulesOf = (example: Example, options = {}) =>
  lintExamples([example], { format, ...options }).map(finding => finding.rule)

/** Each damage, and the rules that must name it. */
const DAMAGES: [string, (example: Example) => void, LintRule[]][] = [
  ['a label is missing', row => row.labels.pop(), ['length-mismatch']],
  ['nothing is trained', row => row.labels.fill(NO_LOSS), ['nothing-trained']],
  [
    'a label is another token',
    row => {
      const at = row.labels.findIndex(label => label !== NO_LOSS)
      row.labels[at] = row.labels[at]! + 1
    },
    ['label-differs'],
  ],
  [
    'the mask was dropped on the way',
    row => {
      row.labels = [...row.input_ids]
    },
    ['prompt-trained', 'span-disagrees', 'error-trained'],
  ],
  [
    'an error step is trained',
    row => {
      const { from, to } = answers(row)[0]!
      for (let at = from; at < to; at++) row.labels[at] = row.input_ids[at]!
    },
    ['error-trained', 'span-disagrees'],
  ],
  [
    'the stop token of an error step is trained',
    row => {
      const { to } = answers(row)[0]!
      row.labels[to - 1] = row.input_ids[to - 1]!
    },
    ['error-stop-trained', 'span-disagrees'],
  ],
  [
    'the stop token of a trained turn is not trained',
    row => {
      row.labels[answers(row)[1]!.to - 1] = NO_LOSS
    },
    ['stop-untrained', 'span-disagrees'],
  ],
  [
    'a span is missing',
    row => {
      row.spans.splice(2, 1)
    },
    ['span-gap'],
  ],
  [
    'the last tokens belong to no span',
    row => {
      row.spans.pop()
    },
    ['span-gap'],
  ],
  [
    'a span reaches out of the row',
    row => {
      row.spans.at(-1)!.to += 5
    },
    ['span-overlap', 'span-disagrees'],
  ],
  [
    'two spans overlap',
    row => {
      row.spans[3]!.from -= 1
    },
    ['span-overlap'],
  ],
  [
    'a span ends within a character',
    row => {
      const span = row.spans.find(({ from, to }) =>
        format.tokenizer.decode(row.input_ids.slice(from, to)).includes('漢'),
      )!
      const next = row.spans[row.spans.indexOf(span) + 1]!
      const cut = row.input_ids.findIndex(
        (id, at) => at > span.from && format.tokenizer.decode([id]).includes('\ufffd'),
      )
      span.to = next.from = cut + 1
    },
    ['span-cuts-token'],
  ],
  [
    'an id is none of the tokenizer',
    row => {
      row.input_ids[1] = 99_999
    },
    ['span-cuts-token'],
  ],
]

describe('the lint', () => {
  it('passes a row as it was rendered', () => {
    expect(rulesOf(render())).toEqual([])
    expect(rulesOf(render(), { trajectories: [trajectory], contextLength: 1000 })).toEqual([])
  })

  it.each(DAMAGES)('finds that %s', (_, damage, rules) => {
    const row = render()
    damage(row)
    const found = rulesOf(row)
    for (const rule of rules) expect(found).toContain(rule)
    // The very same is found when the trajectories are at hand.
    const withTrajectories = rulesOf(row, { trajectories: [trajectory] })
    for (const rule of rules) expect(withTrajectories).toContain(rule)
  })

  it('finds rows that are too long and ids that are there twice', () => {
    const rules = lintExamples([render(), render()], { contextLength: 10 }).map(({ row, rule }) => [row, rule])
    expect(rules).toEqual([
      [0, 'too-long'],
      [1, 'duplicate-id'],
      [1, 'too-long'],
    ])
  })

  it('knows from the trajectories what a row without marks should train', () => {
    const unmasked = renderExample(format, trajectory, { mask: 'none' })
    for (const span of unmasked.spans) delete span.error
    expect(rulesOf(unmasked)).toEqual([])
    expect(rulesOf(unmasked, { trajectories: [trajectory] })).toEqual(['error-trained', 'policy-differs'])
    expect(rulesOf(unmasked, { trajectories: [trajectory], mask: 'none' })).toEqual([])
    const changed = createTrajectory({
      ...trajectory,
      steps: [createStep({ thought: 'Another.' }), ...trajectory.steps.slice(1)],
    })
    expect(rulesOf(render(), { trajectories: [changed] })).toContain('span-cuts-token')
  })

  it('says row, step, tokens and text', () => {
    const row = render()
    const { from, to } = answers(row)[0]!
    row.labels[from] = row.input_ids[from]!
    const finding = lintExamples([row], { format }).find(({ rule }) => rule === 'error-trained')
    expect(finding).toMatchObject({ id: 'task-1', row: 0, step: 0, from, to })
    expect(finding!.text).toBe('Thought: The mug may be in the fridge.\nAction: go to fridge 1<|end|>')
  })
})
