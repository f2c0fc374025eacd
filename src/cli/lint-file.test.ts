import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createStep, createTrajectory } from '../../test/kit/conversations.ts'
import { writeToldWorld } from '../../test/kit/told-world.ts'
import type { Example } from '../core/example.ts'
import { dialectNamed, exportRows } from '../export/index.ts'
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

  it('compares what was exported for TRL, whose rows have ids and no spans', async () => {
    const out = join(folder, 'exported.jsonl')
    await exportRows(dialectNamed('trl'), [row] as never[], out)
    const given = { student, trajectories, mask: 'errors', environment: world, option: { words: 'many' } } as const
    await lintFile(out, given)
    expect(printed).toEqual(['1 rows, 1 compared with their trajectories, 0 findings'])
    await expect(lintFile(out, { ...given, mask: 'corrections-only' })).rejects.toThrow()
    expect(printed.join('\n')).toMatch(/policy-differs.*step 1/)
    const { student: _, ...blind } = given
    await expect(lintFile(out, blind)).rejects.toThrow(/1 of 1 rows.*\n.*need --student/)
  })

  it('is no pass where some of the rows could not be compared; those that a recipe repeats can be', async () => {
    const given = { student, trajectories, mask: 'errors', environment: world, option: { words: 'many' } } as const
    const again = { ...row, id: `${row.id} (again 1)` }
    await lintFile(write('again.jsonl', row, again), given)
    expect(printed).toEqual(['2 rows, 2 compared with their trajectories, 0 findings'])
    const labels = row.labels.with(-1, -100)
    const strange = write('some.jsonl', row, { ...row, id: 'other', labels })
    await expect(lintFile(strange, given)).rejects.toThrow(/1 of 2 rows are of none of the trajectories.*"other"/)
  })

  it('knows how many tokens the student reads', async () => {
    const times = Math.ceil(2049 / row.input_ids.length)
    const long = { input_ids: Array(times).fill(row.input_ids).flat(), labels: Array(times).fill(row.labels).flat() }
    await expect(lintFile(write('long.jsonl', long), { student, mask: 'errors' })).rejects.toThrow()
    expect(printed.join('\n')).toMatch(/too-long.*the model reads 2048/)
  })

  it('says what it cannot check without a student', async () => {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await lintFile(write('rows.jsonl', row), { mask: 'errors' })
    expect(told).toHaveBeenCalledWith(expect.stringMatching(/^Not checked without --student: stop tokens, cut tokens/))
    told.mockRestore()
  })

  it('takes rows for themselves where no trajectories are given', async () => {
    await lintFile(write('rows.jsonl', row), { student, mask: 'errors' })
    expect(printed).toEqual(['1 rows, 0 findings'])
  })
})
