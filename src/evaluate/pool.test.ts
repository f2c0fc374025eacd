import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportInput } from '../../test/evaluation-fixture.ts'
import { writeJsonl } from '../store/jsonl.ts'
import { poolRuns } from './pool.ts'
import { writeReport } from './report.ts'
import type { ReportInput } from './report-data.ts'

const root = mkdtempSync(join(tmpdir(), 'misstep-pool-'))
afterAll(() => rmSync(root, { recursive: true }))

function writeRun(name: string, input: ReportInput): string {
  const folder = join(root, name)
  for (const { file, scores } of input.arms.flatMap(arm => arm.scores)) writeJsonl(join(folder, file), scores)
  writeReport(folder, input)
  return folder
}

describe('poolRuns', () => {
  let runs: string[]
  beforeAll(() => {
    runs = [1, 2, 3].map(seed => writeRun(`seed-${seed}`, reportInput(seed, 25)))
  }, 60_000)

  it('takes several seeds together, by task, and shows each run', async () => {
    const to = join(root, 'pooled')
    const report = writeReport(to, await poolRuns(runs, to))
    const [comparison] = report.comparisons
    expect(comparison).toMatchObject({ better: 'step', worse: 'golden', pairs: 75, tasks: 25, method: 'clustered' })
    expect(comparison!.low).toBeGreaterThan(0)
    const step = report.arms.find(arm => arm.name === 'step')!
    expect(step.splits.unseen).toMatchObject({ tasks: 25, episodes: 75 })
    const alone = runs.map(run => JSON.parse(readFileSync(join(run, 'report.json'), 'utf8')))
    expect(step.splits.unseen!.runs).toEqual(
      alone.map(one => one.arms.find((arm: { name: string }) => arm.name === 'step').unseen.success),
    )
    expect(step.training).toHaveLength(3)
    for (const name of ['report.html', 'report.md']) {
      expect(readFileSync(join(to, name), 'utf8')).toContain('From run to run')
    }
    const pooled = JSON.parse(readFileSync(join(to, 'report.json'), 'utf8'))
    expect(pooled).toMatchObject({ seed: [1, 2, 3], wallSeconds: 3 * 341 })
  })

  it('names every file as it lies from the pooled report', async () => {
    const { arms, runs: pooled } = await poolRuns(runs, join(root, 'pooled'))
    expect(pooled.map(run => run.folder)).toEqual(['../seed-1', '../seed-2', '../seed-3'])
    expect(arms[1]!.scores[0]!.file).toBe('../seed-1/scores/base.seen.jsonl')
    expect(arms[1]!.training![1]!.sources.log).toBe('../seed-2/logs/train-base.jsonl')
  })

  it('gives the same figures in whatever order the runs are named', async () => {
    const pool = async (folders: string[]) =>
      writeReport(join(root, 'order'), await poolRuns(folders, join(root, 'order')))
    const figures = (report: Awaited<ReturnType<typeof pool>>) =>
      report.comparisons.map(({ difference, low, high, pValue }) => [difference, low, high, pValue])
    expect(figures(await pool([...runs].reverse()))).toEqual(figures(await pool(runs)))
  })

  it('refuses what cannot be pooled, and says why', async () => {
    await expect(poolRuns([], root)).rejects.toThrow('no run to pool')
    await expect(poolRuns([join(root, 'nothing')], root)).rejects.toThrow('holds no finished run')
    await expect(poolRuns([runs[0]!, runs[0]!], root)).rejects.toThrow('same seed')
    await expect(poolRuns([join(root, 'pooled'), runs[0]!], root)).rejects.toThrow('several runs')
    const other = reportInput(9, 5)
    other.arms.pop()
    await expect(poolRuns([runs[0]!, writeRun('other', other)], root)).rejects.toThrow('same arms')
  })
})
