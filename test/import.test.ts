import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createExpertAgent } from '../src/agents/index.ts'
import type { Trajectory } from '../src/core/trajectory.ts'
import { createHouseholds } from '../src/environments/households/environment.ts'
import { playEpisode } from '../src/play/play.ts'
import { formatMove } from '../src/render/react.ts'
import { ensureBuilt, misstep } from './misstep.ts'

let golden: Trajectory
let folder: string
beforeAll(async () => {
  ensureBuilt()
  const environment = createHouseholds()
  const agent = createExpertAgent({ sight: 'seen' })
  for (const task of await environment.tasks('train')) {
    golden = await playEpisode(task, { environment, tasks: [], agent, by: 'expert' })
    if (golden.outcome === 'won') break
  }
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'misstep-import-'))
})

const run = (...args: string[]) => misstep(['import', ...args, '--to', 'mine.jsonl'], { folder })
const write = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text)
const readLines = (name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

/** As ShareGPT has it; the task is named by its id. */
const asRecord = ({ id, opening, steps }: Trajectory) => ({
  task_id: id,
  conversations: [
    { from: 'human', value: opening },
    ...steps.flatMap(step => [
      { from: 'gpt', value: formatMove(step) },
      { from: 'human', value: step.observation },
    ]),
  ],
})

describe('misstep import', () => {
  it('makes trajectories that replay without a difference, and tells what was dropped and why', async () => {
    const short = asRecord({ ...golden, steps: golden.steps.slice(0, 1) })
    const records = [asRecord(golden), short, { conversations: 'none' }]
    write('published.jsonl.gz', gzipSync(records.map(record => JSON.stringify(record)).join('\n')))
    const { code, stdout } = await run('published.jsonl.gz', '--from', 'sharegpt', '--environment', 'households')
    expect(code).toBe(0)
    expect(stdout).toContain('mine.jsonl: 1 of 3 recordings kept\n  1 not of the format; the first is record 3')
    expect(readLines('mine.jsonl')).toMatchObject([{ id: golden.id, steps: golden.steps, outcome: 'won' }])
    const report = JSON.parse(readFileSync(join(folder, 'mine.report.json'), 'utf8'))
    expect(report).toMatchObject({ kept: 1, recordings: 3, reasons: { shape: 1, 'not-kept': 1 } })
    expect(report.dropped.map(({ name }: { name: string }) => name)).toEqual(['record 2', 'record 3'])
    const replayed = await misstep(['replay', 'households', 'mine.jsonl'], { folder })
    expect(replayed.stdout).toContain('no difference')
  })

  it('takes recordings of other worlds at their word', async () => {
    write('chat.json', JSON.stringify([{ messages: [{ role: 'assistant', content: 'Action: look' }] }]))
    const { code, stdout } = await run(
      'chat.json',
      '--from',
      'openai',
      '--environment',
      'moon',
      '--no-replay',
      '--json',
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ kept: 1, environment: 'moon, not played again' })
    expect(readLines('mine.jsonl')[0].task).toMatchObject({ environment: 'moon', kind: 'recorded' })
  })

  it.each([
    ['a file that is not there', ['none.json', '--from', 'eto', '--environment', 'households'], 2, /none\.json/],
    [
      'a file that is no JSON',
      ['bad.json', '--from', 'eto', '--environment', 'households'],
      1,
      /neither JSON nor JSONL/,
    ],
    [
      'a file of which nothing is kept',
      ['empty.json', '--from', 'eto', '--environment', 'households'],
      1,
      /None of 1 recordings .*\n.*not of the format/,
    ],
    [
      'a format that is none',
      ['empty.json', '--from', 'mine', '--environment', 'households'],
      2,
      /eto, agentgym, sharegpt, openai/,
    ],
    [
      'an environment that is none',
      ['empty.json', '--from', 'eto', '--environment', 'moon'],
      2,
      /no such environment: "moon"/,
    ],
    [
      'an option that is none',
      ['empty.json', '--from', 'eto', '--environment', 'households', '--option', 'x'],
      2,
      /key=value/,
    ],
    [
      'a share that is none',
      ['empty.json', '--from', 'eto', '--environment', 'households', '--keep', '2'],
      2,
      /from 0 to 1/,
    ],
  ])('says what is wrong with %s', async (_, args, code, message) => {
    write('bad.json', '{"a": \u001b[2J')
    write('empty.json', '[{}]')
    const ended = await run(...args)
    expect(ended.stderr).toMatch(message)
    expect(ended.stderr).not.toContain('\u001b[2J')
    expect(ended.code).toBe(code)
  })
})
