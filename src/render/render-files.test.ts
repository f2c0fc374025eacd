import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compiledSource } from '../../test/compiled-sources.ts'
import { createStep, createTrajectory } from '../../test/kit/conversations.ts'
import { loadChatFormat, renderExamples, renderFiles } from './index.ts'

const student = 'students/household-base'
const folder = mkdtempSync(join(tmpdir(), 'misstep-files-'))
const [from, to] = [join(folder, 'trajectories.jsonl'), join(folder, 'rows.jsonl')]
const trajectories = Array.from({ length: 2000 }, (_, i) =>
  createTrajectory({
    id: `task-${i}`,
    steps: Array.from({ length: i % 7 }, (_, k) => createStep({ thought: `Number ${i}.`, verdict: { ok: k !== 1 } })),
  }),
)
beforeAll(() => writeFileSync(from, trajectories.map(each => JSON.stringify(each)).join('\n')))
afterAll(() => rmSync(folder, { recursive: true }))

describe('rendering files', () => {
  it('gives the rows of rendering one by one, in order, on one thread or several', async () => {
    const options = { mask: 'errors', maxTokens: 200, truncate: 'drop-steps' } as const
    const expected = renderExamples(await loadChatFormat(student), trajectories, options)
    const text = expected.examples.map(row => `${JSON.stringify(row)}\n`).join('')
    const compiled: { renderFiles: typeof renderFiles } = await import(compiledSource('render/render-files.ts'))
    for (const [render, threads] of [
      [renderFiles, 1],
      [compiled.renderFiles, 3],
    ] as const) {
      const report = await render(student, [from], to, { ...options, threads })
      expect(readFileSync(to, 'utf8')).toBe(text)
      expect(report).toMatchObject({
        trajectories: trajectories.length,
        rows: expected.examples.length,
        tokens: expected.tokens,
        trainedTokens: expected.trainedTokens,
        droppedSteps: expected.shortened.steps,
        nothingTrained: expected.dropped.length,
        tooLong: 0,
      })
    }
  })

  it('leaves no file behind when a line is damaged or it is stopped, and says where', async () => {
    const bad = join(folder, 'bad.jsonl')
    writeFileSync(bad, `${JSON.stringify(trajectories[3])}\n{"id": 1}\n`)
    const compiled: { renderFiles: typeof renderFiles } = await import(compiledSource('render/render-files.ts'))
    rmSync(to, { force: true })
    for (const [render, threads] of [
      [renderFiles, 1],
      [compiled.renderFiles, 2],
    ] as const) {
      const attempt = render(student, [from, bad], to, { mask: 'errors', threads })
      await expect(attempt).rejects.toMatchObject({ code: 'data', message: expect.stringContaining('bad.jsonl') })
      const stopped = render(student, [from], to, { mask: 'errors', threads, signal: AbortSignal.abort() })
      await expect(stopped).rejects.toMatchObject({ code: 'interrupted' })
      await expect(render(student, [join(folder, 'none')], to, { mask: 'none', threads })).rejects.toMatchObject({
        code: 'store',
      })
    }
    expect(readdirSync(folder).sort()).toEqual(['bad.jsonl', 'trajectories.jsonl'])
  })
})
