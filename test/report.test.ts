import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeReport } from '../src/evaluate/report.ts'
import { readReport } from '../src/evaluate/report-file.ts'
import { reportHtml } from '../src/evaluate/report-html.ts'
import { summaryTable } from '../src/evaluate/summary-table.ts'
import { writeFileAtomically } from '../src/store/atomic-file.ts'
import { reportInput, scores } from './evaluation-fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'misstep-report-'))
afterAll(() => rmSync(folder, { recursive: true }))
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

describe('a written report', () => {
  const input = reportInput()
  const report = writeReport(folder, input)

  it('is there for machines with every number that is promised', () => {
    const json = JSON.parse(read('report.json'))
    expect(json).toMatchObject({ name: 'quickstart', seed: 1, wallSeconds: 341, versions: { misstep: '0.1.0' } })
    expect(json.arms.map((arm: { name: string }) => arm.name)).toEqual(input.arms.map(arm => arm.name))
    const step = json.arms.find((arm: { name: string }) => arm.name === 'step')
    const won = scores('step', 'unseen', 0.55, 0.72).filter(score => score.won).length
    expect(step.unseen).toMatchObject({ success: won / 60, tasks: 60, sources: ['scores/step.unseen.jsonl'] })
    expect(step.unseen.low).toBeLessThan(step.unseen.success)
    expect(step.unseen.high).toBeGreaterThan(step.unseen.success)
    for (const key of ['errorRate', 'recoveryRate', 'stepsToRecover']) expect(step[key]).toBeGreaterThan(0)
    expect(step).toMatchObject({ trainedTokens: 256_000, tokens: 819_200, optimiserSteps: 400 })
    expect(json.comparisons).toHaveLength(6)
    expect(json.comparisons[0]).toMatchObject({ better: 'step', worse: 'golden', split: 'seen', pairs: 60 })
  })

  it('names the file that each arm’s numbers come from, and links to it', () => {
    const json = JSON.parse(read('report.json'))
    expect(json.sources['step: tokens, steps, loss']).toEqual(['logs/train-step.jsonl'])
    const page = read('report.html')
    for (const arm of input.arms) {
      for (const { file } of arm.scores) expect(page).toContain(`href="./${file}"`)
    }
  })

  it('is a page that runs nothing and loads nothing', () => {
    const page = read('report.html')
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:\/\//i)
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/)
  })

  it('closes every tag that it opens', () => {
    const open: string[] = []
    const alone = new Set(['meta', 'line', 'circle'])
    for (const [, close, name] of read('report.html')
      .replace(/<!doctype html>/, '')
      .matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
      if (close) expect(open.pop()).toBe(name)
      else if (!alone.has(name!)) open.push(name!)
    }
    expect(open).toEqual([])
  })

  it('shows the error step as masked and the reflection as such', () => {
    expect(read('report.html')).toContain('class="step is-wrong is-masked"')
    expect(read('report.html')).toContain('<mark>Wait, drawer 1 was empty')
    expect(read('report.md')).toContain('4. student [error: searched-again; masked, no loss]')
    expect(read('report.md')).toContain('5. teacher [reflection and correction]')
  })

  it('says first what the first comparison found, and says so where nothing is clear', () => {
    const headline = /class="headline">([^<]*)</.exec(read('report.html'))![1]!
    expect(headline).toMatch(/^step wins [\d.]+% of the unseen tasks, golden [\d.]+%: \+[\d.]+ points \(95% interval/)
    const same = ['one', 'other'].map(name => ({
      name,
      scores: [{ split: 'unseen', file: `scores/${name}.jsonl`, scores: scores(name, 'unseen', 0.5, 0.5) }],
    }))
    const unclear = writeReport(join(folder, 'unclear'), {
      ...input,
      arms: same,
      comparisons: [{ better: 'one', worse: 'other' }],
    })
    expect(unclear.comparisons[0]!.low).toBeLessThan(0)
    expect(unclear.comparisons[0]!.high).toBeGreaterThan(0)
    expect(read('unclear/report.html')).toMatch(/class="headline">[^<]*no clear difference/)
  })

  it('is the same again, byte for byte, from the same scores', () => {
    const before = ['report.json', 'report.md', 'report.html'].map(read)
    writeReport(folder, reportInput())
    expect(['report.json', 'report.md', 'report.html'].map(read)).toEqual(before)
  })

  it('can be read back, and refuses a damaged file', async () => {
    expect(summaryTable(await readReport(folder))).toBe(summaryTable(report))
    expect(reportHtml(await readReport(folder))).toContain('class="headline">step wins')
    const damaged = join(folder, 'damaged')
    writeFileAtomically(join(damaged, 'report.json'), read('report.json').replace('"errorRate"', '"errors"'))
    await expect(readReport(damaged)).rejects.toThrow(/no finished run[\s\S]*errorRate/)
  })

  it('comes as a table for the terminal, one line an arm', () => {
    const lines = summaryTable(report).split('\n')
    expect(lines).toHaveLength(2 + input.arms.length)
    expect(lines[0]).toMatch(/^arm +seen +unseen +error rate +recovery +to recover +when won +trained tokens$/)
    expect(lines[5]).toMatch(/^step +[\d.]+% \(\d+% to \d+%\) +[\d.]+% \(\d+% to \d+%\).* 256,000$/)
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(120)
  })
})

describe('a report on what cannot be trusted', () => {
  const attack =
    '</pre><script>alert(1)</script><img src=x onerror=alert(2)> ```\n# heading | ![x](javascript:alert(3))'

  it('lets no word of a model or a file become markup', () => {
    const input = reportInput(1, 10)
    const { trajectory } = input.showcase!
    const steps = trajectory.steps.map(step => ({
      ...step,
      thought: attack,
      action: attack,
      observation: attack,
      verdict: { ok: false, kind: attack },
    }))
    input.name = attack
    input.notes = [attack]
    input.versions = { [attack]: attack }
    input.arms[0]!.about = attack
    input.arms[0]!.scores[0]!.file = attack
    input.showcase = {
      trajectory: { ...trajectory, id: attack, instruction: attack, opening: attack, steps },
      file: attack,
    }
    writeReport(folder, input)
    const page = read('report.html')
    expect(page).toContain('&#60;script&#62;alert(1)')
    expect(page).not.toMatch(/<script|<img/i)
    expect(page).not.toMatch(/href="(?!\.\/)/)
    const [before, inside, after] = read('report.md').split(/^`{4,}.*$/m)
    expect(inside).toContain('<script>alert(1)</script>')
    expect(before! + after!).not.toMatch(/(?<!\\)<(script|img)|(?<!\\)!\[|^# heading/m)
  })
})

describe('a report that lacks something', () => {
  it('does without trainings, comparisons, a trajectory and errors', () => {
    const [floor] = reportInput().arms
    const calm = scores('calm', 'unseen', 0.5, 0, 1, 4).map(score => ({
      ...score,
      errors: 0,
      errorKinds: {},
      won: false,
    }))
    const arm = { name: 'only', scores: [{ split: 'unseen', file: 'scores/only.unseen.jsonl', scores: calm }] }
    const { showcase: _, comparisons: __, ...rest } = reportInput()
    const report = writeReport(folder, { ...rest, arms: [floor!, arm] })
    expect(report.arms[1]).toMatchObject({ errorRate: 0, recoveryRate: null, stepsWhenWon: null, training: [] })
    for (const name of ['report.html', 'report.md']) expect(read(name)).not.toMatch(/NaN|Infinity|undefined|null/)
    expect(summaryTable(report)).toContain('–')
  })

  it('refuses an arm without scores and a comparison of an arm that is not there', () => {
    const input = reportInput(1, 5)
    const empty = { ...input, arms: [...input.arms, { name: 'empty', scores: [] }] }
    expect(() => writeReport(join(folder, 'none'), empty)).toThrow('"empty" has no scores')
    const wrong = { ...input, comparisons: [{ better: 'stepp', worse: 'golden' }] }
    expect(() => writeReport(join(folder, 'none'), wrong)).toThrow(/not there: "stepp"[\s\S]*golden, step/)
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })
})
