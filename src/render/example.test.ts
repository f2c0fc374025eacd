import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  anyTrajectory,
  createChatmlFormat,
  createStep,
  createTestFormat,
  createTrajectory,
} from '../../test/kit/conversations.ts'
import { createFamilyFormat } from '../../test/kit/stand-ins.ts'
import { type Example, exampleSchema, NO_LOSS } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import {
  type ChatFormat,
  carriesLoss,
  countTrained,
  createChatFormat,
  lintExamples,
  MASK_POLICIES,
  type MaskPolicy,
  renderExample,
  renderExamples,
  showTokens,
  trajectoryMessages,
} from './index.ts'

let student: ChatFormat
let chatml: ChatFormat
let qwen3: ChatFormat
beforeAll(async () => {
  student = await createTestFormat()
  chatml = await createChatmlFormat()
  qwen3 = await createFamilyFormat('qwen-3')
})

const anyPolicy = fc.constantFrom(...MASK_POLICIES)
const trainedPlaces = ({ labels }: Example) => labels.flatMap((label, at) => (label === NO_LOSS ? [] : [at]))

/** What should be trained, found without any spans: the texts of the steps that carry loss. */
function trainedText(format: ChatFormat, trajectory: Trajectory, mask: MaskPolicy): string {
  return trajectoryMessages(trajectory)
    .flatMap(({ role, content, step }) =>
      role === 'assistant' && carriesLoss(trajectory.steps[step]!, mask)
        ? [format.turns([{ role, content }])[0]!.content + format.stopToken]
        : [],
    )
    .join('')
}

const error = { ok: false, kind: 'rejected' }
const trajectory = createTrajectory({
  steps: [
    createStep({ verdict: { ok: true } }),
    createStep({ action: 'open fridge 9', verdict: error }),
    createStep({ thought: 'Wait, there is no fridge 9.', by: 'teacher' }),
  ],
})

describe('a training row', () => {
  it('has the ids that the model sampled, where they say just what the step says', () => {
    for (const format of [student, chatml]) {
      const text = 'Thought: The mug may be in the fridge.\nAction: go to fridge 1'
      const own = format.tokenizer.encode(text)
      const letters = [...text].flatMap(letter => format.tokenizer.encode(letter))
      expect(letters.length).toBeGreaterThan(own.length)
      const rows = (...tokenIds: number[][]) => {
        const steps = tokenIds.map(ids => createStep({ verdict: { ok: true }, tokenIds: ids }))
        const sampled = createTrajectory({ steps })
        const { examples } = renderExamples(format, [sampled], { mask: 'errors' })
        for (const trajectories of [[], [sampled]]) {
          expect(lintExamples(examples, { format, trajectories })).toEqual([])
          const bare = examples.map(({ id, input_ids, labels }) => ({ id, input_ids, labels }))
          expect(lintExamples(bare, { format, trajectories: [sampled] })).toEqual([])
        }
        return examples.map(row => row.labels.filter(label => label !== NO_LOSS))
      }
      const { stopId } = format
      const plain = rows(own, [...own, stopId])
      expect(plain.flat()).toEqual([...own, stopId, ...own, stopId])
      expect(rows(letters, own).flat()).toEqual([...letters, stopId, ...own, stopId])
      expect(rows(own, [...letters, stopId]).flat()).toEqual([...own, stopId, ...letters, stopId])
      // Ids of another tokenizer, of another text, of nothing, and those of a control token in the middle.
      for (const other of [[1e9], letters.slice(1), [], [...letters, stopId, stopId]])
        expect(rows(other, own)).toEqual(plain)
    }
  })

  it('trains just the thought, action and stop token of steps that carry loss, in every format and policy', () => {
    for (const format of [student, chatml]) {
      fc.assert(
        fc.property(anyTrajectory, anyPolicy, (trajectory, mask) => {
          const example = renderExample(format, trajectory, { mask })
          const trained = trainedPlaces(example)
          expect(format.tokenizer.decode(trained.map(at => example.labels[at]!))).toBe(
            trainedText(format, trajectory, mask),
          )
          for (const at of trained) expect(example.labels[at]).toBe(example.input_ids[at])
        }),
        { numRuns: 60 },
      )
    }
  })

  it('is, token by token, what the model is prompted with when it plays', () => {
    for (const format of [student, chatml]) {
      fc.assert(
        fc.property(anyTrajectory, trajectory => {
          const { input_ids: ids } = renderExample(format, trajectory, { mask: 'errors' })
          expect(ids).toEqual(format.promptIds(trajectoryMessages(trajectory), { addGenerationPrompt: false }))
        }),
        { numRuns: 30 },
      )
    }
  })

  it('has policies that nest: corrections-only within errors within none', () => {
    fc.assert(
      fc.property(anyTrajectory, trajectory => {
        const [none, errors, corrections] = (['none', 'errors', 'corrections-only'] as const).map(
          mask => new Set(trainedPlaces(renderExample(student, trajectory, { mask }))),
        )
        for (const at of errors!) expect(none).toContain(at)
        for (const at of corrections!) expect(errors).toContain(at)
      }),
    )
  })

  it('has spans that cover it without gaps and fit its schema; the lint finds nothing', () => {
    for (const format of [student, chatml]) {
      fc.assert(
        fc.property(anyTrajectory, anyPolicy, (trajectory, mask) => {
          const example = renderExample(format, trajectory, { mask })
          expect(exampleSchema.parse(example)).toEqual(example)
          const findings = lintExamples([example], { format, trajectories: [trajectory], mask })
          const trains = countTrained(example) > 0
          expect(findings.map(finding => finding.rule)).toEqual(trains ? [] : ['nothing-trained'])
        }),
        { numRuns: 60 },
      )
    }
  })

  it('keeps an error step in the context and marks it', () => {
    const example = renderExample(student, trajectory, { mask: 'errors' })
    const shown = showTokens(example, student)
    expect(shown.map(token => token.text).join('')).toBe(student.tokenizer.decode(example.input_ids))
    const wrong = shown.filter(token => token.error)
    expect(wrong.map(token => token.text).join('')).toContain('Action: open fridge 9<|end|>')
    expect(wrong.every(token => !token.trained && token.step === 1)).toBe(true)
  })

  it('is never cut: what is too long, trains nothing or has no mask is left out and counted', () => {
    const short = { ...trajectory, id: 'short' }
    const long = createTrajectory({ id: 'long', opening: 'cool a mug '.repeat(200), steps: [createStep()] })
    const wrong = createTrajectory({ id: 'wrong', steps: [createStep({ verdict: error })] })
    const report = renderExamples(student, [short, long, wrong], { mask: 'errors', maxTokens: 200 })
    expect(report.examples.map(example => example.id)).toEqual(['short'])
    expect(report.dropped.map(({ id, reason }) => [id, reason])).toEqual([
      ['long', 'too-long'],
      ['wrong', 'nothing-trained'],
    ])
    expect(report.tokens).toBe(report.examples[0]!.input_ids.length)
    expect(report.trainedTokens).toBe(countTrained(report.examples[0]!))
  })

  it('loses its first steps, whole and counted, where it is asked to be shortened', () => {
    fc.assert(
      fc.property(anyTrajectory, fc.integer({ min: 10, max: 300 }), fc.boolean(), (trajectory, maxTokens, isSplit) => {
        const format = isSplit ? qwen3 : chatml
        const options = { mask: 'errors', maxTokens, truncate: 'drop-steps' } as const
        const { examples, dropped, shortened } = renderExamples(format, [trajectory], options)
        const whole = renderExamples(format, [trajectory], { mask: 'errors' })
        expect(examples.length + dropped.length).toBe(whole.examples.length + whole.dropped.length)
        for (const row of examples) {
          expect(row.input_ids.length).toBeLessThanOrEqual(maxTokens)
          const full = whole.examples.find(({ id }) => id === row.id)!
          const first = row.spans.find(({ step }) => step >= 0)!.step
          // What is left of it is what was there, to the token; the prompt stays.
          const kept = full.spans.filter(({ step }) => step < 0 || step >= first)
          const tail = (example: Example) =>
            example.spans.map(({ from, to, step, trained }) => [to - from, step, trained])
          if (!isSplit) expect(tail(row)).toEqual(tail({ ...full, spans: kept }))
          expect(countTrained(row)).toBeGreaterThan(0)
          expect(lintExamples([row], { format, trajectories: [trajectory], maxLength: maxTokens })).toEqual([])
        }
        const steps = examples.reduce((sum, { spans }) => sum + spans.find(({ step }) => step >= 0)!.step, 0)
        expect(shortened.steps).toBe(steps)
      }),
      { numRuns: 60 },
    )
  })

  it('is one row for each trained step where the template rewrites history, and the report says so', () => {
    const report = renderExamples(qwen3, [trajectory], { mask: 'errors' })
    expect(report.split).toBe(1)
    expect(report.examples.map(({ id, trajectory }) => [id, trajectory])).toEqual([
      ['task-1 (step 1)', 'task-1'],
      ['task-1 (step 3)', 'task-1'],
    ])
    expect(report.examples[1]!.spans.some(({ error }) => error)).toBe(true)
    expect(renderExamples(chatml, [trajectory], { mask: 'errors' }).split).toBe(0)
  })

  it('has weights only where they are neither 0 nor 1, and never on what carries no loss', () => {
    const weigh = (_: unknown, index: number) => [0.5, 9, 0][index]!
    const row = renderExample(chatml, trajectory, { mask: 'errors', weigh })
    const trained = row.spans.filter(span => span.trained)
    expect(trained.map(({ step }) => step)).toEqual([0])
    for (const [at, weight] of row.weights!.entries()) expect(weight).toBe(row.labels[at] === NO_LOSS ? 0 : 0.5)
    expect(exampleSchema.parse(row)).toEqual(row)
    expect(lintExamples([row], { format: chatml, trajectories: [trajectory], weigh })).toEqual([])
    expect(renderExample(chatml, trajectory, { mask: 'errors', weigh: () => 1 })).toEqual(
      renderExample(chatml, trajectory, { mask: 'errors' }),
    )
    expect(() => renderExample(chatml, trajectory, { mask: 'none', weigh: () => -1 })).toThrow(/no weight/)
  })

  it('is refused where a merge goes across the border of a turn', () => {
    const source =
      "{% for m in messages %}{{ m.content }}{% if m.role == 'assistant' %}{{ '<|end|>' }}{% endif %}{% endfor %}"
    const open = createChatFormat(student.tokenizer, source)
    const straddling = createTrajectory({ opening: 'cool a mug fr', steps: [createStep({ text: 'idge 1' })] })
    expect(() => renderExample(open, straddling, { mask: 'errors' })).toThrow(/straddle the border/)
    expect(() => renderExamples(open, [straddling], { mask: 'errors', maxTokens: 99 })).toThrow(/straddle/)
    const report = renderExamples(
      open,
      [straddling, createTrajectory({ opening: 'cool a mug\n', steps: [createStep()] })],
      {
        mask: 'errors',
        maxTokens: 99,
      },
    )
    expect(report.dropped).toMatchObject([{ reason: 'mask-error' }])
    expect(report.examples).toHaveLength(1)
  })
})
