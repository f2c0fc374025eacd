import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createStep, createTrajectory } from '../../test/kit/conversations.ts'
import { writeToldWorld } from '../../test/kit/told-world.ts'
import type { Example } from '../core/example.ts'
import { loadChatFormat, renderExamples } from '../render/index.ts'
import { writeJsonl } from '../store/jsonl.ts'
import { lintFile } from './lint-file.ts'

const student = 'students/household-base'
const folder = mkdtempSync(join(tmpdir(), 'misstep-lint-'))
const write = (name: string, ...items: unknown[]): string => {
  const path = join(folder, name)
  writeJsonl(path, items)
  return path
}
const world = writeToldWorld(folder)
const played = createTrajectory({
  task: { id: 'task-1', environment: 'world', split: 'train', kind: 'cool' },
  provenance: { seed: 1, environment: 'world, many words', misstep: '0', tokensIn: 0, tokensOut: 0 },
  steps: [createStep()],
})
const trajectories = [write('golden.jsonl', played)]
let row: Example
const printed: string[] = []

beforeAll(async () => {
  const format = await loadChatFormat(student)
  row = renderExamples(format, [played], { mask: 'errors', prompt: 'Use many words.' }).examples[0]!
  vi.spyOn(console, 'log').mockImplementation(line => void printed.push(String(line)))
})
afterEach(() => void printed.splice(0))

describe('linting a file', () => {
  it("compares rows with the prompt that their trajectories were played with, and with no other's", async () => {
    const rows = write('rows.jsonl', row)
    const given = { student, trajectories, mask: 'errors', environment: world } as const
    await lintFile(rows, { ...given, option: { words: 'many' } })
    expect(printed).toEqual(['1 rows, 1 compared with their trajectories, 0 findings'])
    await expect(lintFile(rows, given)).rejects.toThrow(/"world, many words", and this is "world, few words"/)
    await expect(lintFile(rows, { student, trajectories, mask: 'errors' })).rejects.toThrow(/--environment/)
  })

  it('is no pass where nothing was checked', async () => {
    const strangers = write('trl.jsonl', { input_ids: row.input_ids, labels: row.labels })
    const given = { student, trajectories, mask: 'errors', environment: world, option: { words: 'many' } } as const
    await expect(lintFile(strangers, given)).rejects.toMatchObject({ code: 'data', value: 'row 0' })
    await expect(lintFile(write('empty.jsonl'), { mask: 'errors' })).rejects.toThrow(/holds no rows/)
  })

  it('takes rows for themselves where no trajectories are given', async () => {
    await lintFile(write('rows.jsonl', row), { student, mask: 'errors' })
    expect(printed).toEqual(['1 rows, 0 findings'])
  })
})
