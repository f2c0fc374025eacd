import { describe, expect, it } from 'vitest'
import { score } from '../../test/evaluation-fixture.ts'
import { createStep, createTrajectory } from '../../test/kit/conversations.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { makeReport } from './report-data.ts'
import { reportJson } from './report-file.ts'
import { reportHtml } from './report-html.ts'
import { reportMarkdown } from './report-markdown.ts'
import { shortenedMoves, spentIn } from './spent.ts'

const episode = (provenance: Partial<Trajectory['provenance']>, shortened?: number): Trajectory => {
  const made = createTrajectory({ steps: [createStep(), createStep(shortened === undefined ? {} : { shortened })] })
  return { ...made, provenance: { ...made.provenance, model: 'm', tokensIn: 1000, tokensOut: 10, ...provenance } }
}
const teacher = { model: 'big', requests: 2, tokensIn: 500, tokensOut: 50, cost: 0.1 }
const explored = [episode({ cost: 0.2, teacher }, 3), episode({ cost: 0.1, teacher })]
const file = 'trajectories/reflected.jsonl'

describe('what was spent', () => {
  it('is summed for agent and teacher, without the noise of binary fractions', () => {
    expect(spentIn('explore', file, explored)).toEqual([
      { stage: 'explore', who: 'agent', model: 'm', tokensIn: 2000, tokensOut: 20, cost: 0.3, shortened: 1, file },
      { stage: 'explore', who: 'teacher', model: 'big', tokensIn: 1000, tokensOut: 100, cost: 0.2, shortened: 0, file },
    ])
  })

  it('is nothing where a checkpoint of ours played and the environment judged', () => {
    expect(spentIn('explore', file, [episode({ checkpoint: 'sha' })])).toEqual([])
  })

  it('counts the moves that missed a part of their conversation', () => {
    expect(shortenedMoves(explored)).toBe(1)
  })

  it('stands in the report as text, on the page, and for machines, with its file', () => {
    const arms = [{ name: 'step', scores: [{ split: 'unseen', file: 'a', scores: [score({ id: 'unseen-0' })] }] }]
    const input = { name: 'r', runs: [{ seed: 1, wallSeconds: 1, folder: '.' }], versions: {}, arms }
    const spent = spentIn('explore', file, explored)
    const report = makeReport({ ...input, spent })
    expect(reportMarkdown(report)).toContain('| explore | agent | m | 2,000 | 20 | 0.3000 | 1 |')
    for (const text of [reportMarkdown(report), reportHtml(report)]) {
      expect(text).toContain('What models behind endpoints used up')
      expect(text).toContain('0.2000')
      expect(text).toContain('explore: what the teacher used up')
    }
    expect(reportJson(report).spent).toEqual(spent)
    for (const write of [reportMarkdown, reportHtml]) expect(write(makeReport(input))).not.toContain('endpoints used')
  })
})
