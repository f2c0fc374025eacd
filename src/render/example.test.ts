import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  anyTrajectory,
  createChatmlFormat,
  createStep,
  createTestFormat,
  createTrajectory,
} from '../../test/kit/conversations.ts'
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
beforeAll(async () => {
  student = await createTestFormat()
  chatml = await createChatmlFormat()
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
