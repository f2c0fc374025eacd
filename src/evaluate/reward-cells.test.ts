import { describe, expect, it } from 'vitest'
import { score } from '../../test/evaluation-fixture.ts'
import { makeReport, type ReportInput } from './report-data.ts'
import { reportJson } from './report-file.ts'
import { reportHtml } from './report-html.ts'
import { reportMarkdown } from './report-markdown.ts'
import { summaryTable } from './summary-table.ts'

/** Two arms of four episodes each, with these rewards; a reward of 1 is a success. */
function report(rewards: Record<string, number[]>) {
  const input: ReportInput = {
    name: 'shop',
    runs: [{ seed: 1, wallSeconds: 60, folder: '.' }],
    versions: {},
    arms: Object.entries(rewards).map(([name, all]) => ({
      name,
      scores: [
        {
          split: 'unseen',
          file: `scores/${name}.jsonl`,
          scores: all.map((reward, at) => score({ id: `unseen-${at}`, reward, won: reward === 1 })),
        },
      ],
    })),
    comparisons: [{ better: 'step', worse: 'golden' }],
  }
  return makeReport(input)
}

const graded = report({ golden: [0.5, 0, 1, 0.5], step: [1, 0.5, 1, 0.5] })
const texts = (from = graded) => [reportMarkdown(from), reportHtml(from), summaryTable(from)]

describe('where episodes can end with a part of the reward', () => {
  it('the mean reward stands beside success, with its interval, in text, on the page and in the terminal', () => {
    expect(graded.arms.map(arm => arm.splits.unseen!.reward)).toEqual([0.5, 0.75])
    for (const text of texts()) {
      expect(text).toContain('reward, unseen')
      expect(text).toMatch(/0\.75\D+0\.50 to 1\.00/)
    }
  })

  it('machines read it per arm and split, and the difference of two arms', () => {
    const json = JSON.parse(JSON.stringify(reportJson(graded)))
    expect(json.graded).toBe(true)
    expect(json.arms[1].unseen).toMatchObject({ success: 0.5, reward: 0.75 })
    expect(json.comparisons[0].reward).toMatchObject({ difference: 0.25, low: 0 })
  })

  it('the difference of the rewards is told with the first comparison, and what a reward is', () => {
    const [markdown, page] = texts()
    for (const text of [markdown, page]) {
      expect(text).toContain('Mean reward: +0.25 (95% interval 0.00 to +0.50).')
      expect(text).toContain('95% bootstrap interval that draws whole tasks')
    }
  })
})

describe('where a reward tells no more than success', () => {
  it('it is left out of tables and sentences', () => {
    for (const text of texts(report({ golden: [0, 0, 1, 0], step: [1, 0, 1, 0] }))) {
      expect(text).not.toMatch(/reward/i)
    }
  })
})
