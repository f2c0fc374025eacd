import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CHATML, createStep, createTestFormat, createTrajectory } from '../../test/kit/conversations.ts'
import { createFamilyFormat } from '../../test/kit/stand-ins.ts'
import { type Example, NO_LOSS } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { hashFile } from '../store/hash.ts'
import {
  type ChatFormat,
  completeRow,
  createChatFormat,
  type LintRule,
  lintExamples,
  lintTokenizer,
  loadChatFormat,
  renderExample,
  renderExamples,
} from './index.ts'

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
    ['foreign-tokenizer', 'span-cuts-token'],
  ],
  [
    'a weight is where no loss is',
    row => {
      row.weights = row.labels.map(() => 0.5)
    },
    ['weights-differ'],
  ],
  [
    'weights are missing',
    row => {
      row.weights = [1]
    },
    ['weights-differ'],
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

  it('finds what the trainer would cut off, and rows that are there twice under two names', () => {
    const [first, second] = [render(), { ...render(), id: 'other' }]
    const cut = lintExamples([first], { format, maxLength: 20 })
    expect(cut).toMatchObject([{ rule: 'too-long', from: 20, to: first.input_ids.length }])
    const lost = first.labels.slice(20).filter(label => label !== NO_LOSS).length
    expect(cut[0]!.message).toContain(`${lost} tokens with loss would be cut off`)
    expect(lintExamples([first, second]).map(({ row, rule }) => [row, rule])).toEqual([[1, 'duplicate-row']])
    // A recipe that repeats a row says so.
    expect(lintExamples([first, { ...first, id: `${first.id} (again 1)` }])).toEqual([])
  })

  it('finds rows of another tokenizer, and a model that the tokenizer does not belong to', async () => {
    const other = await createFamilyFormat('qwen-2.5')
    const foreign = renderExample(other, trajectory, { mask: 'errors' })
    foreign.input_ids = foreign.input_ids.map(id => id % format.tokenizer.vocabularySize)
    expect(lintExamples([foreign], { format }).map(({ rule }) => rule)).toContain('foreign-tokenizer')

    const folder = await mkdtemp(join(tmpdir(), 'misstep-lint-'))
    const lint = async (config: object, generation: object) => {
      await writeFile(join(folder, 'config.json'), JSON.stringify(config))
      await writeFile(join(folder, 'generation_config.json'), JSON.stringify(generation))
      return (await lintTokenizer(folder, format)).map(({ message }) => message)
    }
    const { vocabularySize } = format.tokenizer
    const fits = { vocab_size: vocabularySize, eos_token_id: format.stopId }
    expect(await lint(fits, { eos_token_id: [7, format.stopId] })).toEqual([])
    expect(await lint({ ...fits, vocab_size: 100 }, {})).toEqual([
      expect.stringContaining('the model knows 100 tokens'),
    ])
    expect(await lint({ ...fits, pad_token_id: 77 }, {})).toEqual([expect.stringContaining("the model's has 77")])
    expect(await lint(fits, { eos_token_id: 7 })).toEqual([expect.stringContaining('generation stops at 7 only')])
    await rm(folder, { recursive: true })
  })

  it('finds another vocabulary of the same size by what the checkpoint itself says of its own', async () => {
    const run = await mkdtemp(join(tmpdir(), 'misstep-lint-'))
    const folder = join(run, 'checkpoints', 'step')
    await cp('students/household-base', folder, { recursive: true })
    const lint = async () => (await lintTokenizer(folder, await loadChatFormat(folder))).map(({ message }) => message)
    const file = join(folder, 'tokenizer.json')
    const tokenizer = JSON.parse(await readFile(file, 'utf8'))
    const { vocab } = tokenizer.model
    await writeFile(join(folder, 'vocab.json'), JSON.stringify(vocab))
    const outputs = { 'checkpoints/step/tokenizer.json': { sha256: await hashFile(file), bytes: 1 } }
    await writeFile(join(run, 'manifest.json'), JSON.stringify({ stages: { 'train-step': { outputs } } }))
    expect(await lint()).toEqual([])
    // Two tokens change places: sizes and special ids stay.
    const [left, right] = Object.keys(vocab).slice(-2) as [string, string]
    ;[vocab[left], vocab[right]] = [vocab[right], vocab[left]]
    await writeFile(file, JSON.stringify(tokenizer))
    expect(await lint()).toEqual([
      expect.stringMatching(/^In vocab\.json, ".+" has the id \d+, in tokenizer\.json \d+$/),
      expect.stringContaining('not the one that the checkpoint was made with'),
    ])
    await rm(run, { recursive: true })
  })

  it('finds a row of several trained turns whose template rewrites what was said', async () => {
    const rewriting = await createFamilyFormat('qwen-3')
    const { examples } = renderExamples(rewriting, [trajectory], { mask: 'errors' })
    const lint = (rows: Example[], trajectories: Trajectory[]) =>
      lintExamples(rows, { format: rewriting, trajectories }).map(({ rule }) => rule)
    expect(lint(examples, [trajectory])).toEqual([])
    expect(lint(examples, [])).toEqual([])
    // As a trainer would make it that renders message by message.
    const plain = createChatFormat(rewriting.tokenizer, CHATML.chatTemplate)
    const whole = renderExample(plain, trajectory, { mask: 'errors' })
    expect(lint([whole], [])).toEqual(['history-rewritten'])
    expect(lint([whole], [trajectory])).toEqual(['history-rewritten'])
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

  it('compares rows without spans with their trajectories, those of one turn and those that lost steps too', async () => {
    const rewriting = await createFamilyFormat('qwen-3')
    const whole = renderExample(format, trajectory, { mask: 'errors' })
    const lost = { mask: 'errors', maxTokens: whole.input_ids.length - 1, truncate: 'drop-steps' } as const
    const [short] = renderExamples(format, [trajectory], lost).examples
    expect(short!.input_ids.length).toBeLessThan(whole.input_ids.length)
    const turns = renderExamples(rewriting, [trajectory], { mask: 'errors' }).examples
    const lint = (format: ChatFormat, rows: Example[], change = (labels: number[], _ids: number[]) => labels) =>
      lintExamples(
        rows.map(({ id, input_ids, labels }) => ({ id, input_ids, labels: change([...labels], input_ids) })),
        { format, trajectories: [trajectory] },
      ).map(({ rule, step }) => `${rule} ${step}`)
    const again = { ...whole, id: `${whole.id} (again 1)` }
    expect(lint(format, [whole, again])).toEqual([])
    expect(lint(format, [short!])).toEqual([])
    expect(lint(rewriting, turns)).toEqual([])
    // What no row could say of itself: the error is trained, and a step that should be is not.
    const { from, to } = answers(whole)[0]!
    const errorTrained = (labels: number[], ids: number[]) => labels.with(to - 1, ids[to - 1]!)
    expect(lint(format, [whole], errorTrained)).toEqual([
      'span-disagrees 0',
      'error-stop-trained 0',
      'policy-differs 0',
    ])
    const last = answers(whole).at(-1)!
    expect(lint(format, [whole], labels => labels.fill(NO_LOSS, last.from))).toEqual(['policy-differs 3'])
    const untrained = turns[0]!.labels.findIndex(label => label !== NO_LOSS)
    expect(lint(rewriting, [turns[0]!], labels => labels.fill(NO_LOSS, untrained, untrained + 1))).toEqual([
      'span-disagrees 1',
    ])
    const foreign = { ...whole, input_ids: whole.input_ids.toSpliced(from, 1), labels: whole.labels.toSpliced(from, 1) }
    expect(lint(format, [foreign])).toContain('span-cuts-token undefined')
  })

  it('finds that the mask was dropped on the way, in rows of programs that mark no turns', () => {
    const { input_ids } = render()
    const lint = (labels: number[]) =>
      lintExamples([completeRow({ input_ids, labels }, 0)], { format }).map(({ rule }) => rule)
    expect(lint(render().labels)).toEqual([])
    expect(lint([...input_ids])).toEqual(['prompt-trained', 'prompt-trained'])
    // Only what stands before the first answer is masked.
    const first = render().labels.findIndex(label => label !== NO_LOSS)
    expect(lint(input_ids.map((id, at) => (at < first ? NO_LOSS : id)))).toContain('prompt-trained')
    expect(lintExamples([completeRow({ input_ids, labels: input_ids }, 0)])).toMatchObject([{ rule: 'prompt-trained' }])
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
