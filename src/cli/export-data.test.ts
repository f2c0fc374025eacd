import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { erringTrajectories } from '../../test/kit/student-examples.ts'
import { writeToldWorld } from '../../test/kit/told-world.ts'
import { loadChatFormat, renderExamples } from '../render/index.ts'
import { writeJsonl } from '../store/jsonl.ts'
import { type ExportDataOptions, exportData } from './export-data.ts'

const student = 'students/household-base'
const folder = mkdtempSync(join(tmpdir(), 'misstep-export-data-'))
const out = join(folder, 'out.jsonl')
const write = (name: string, ...items: unknown[]): string => {
  const path = join(folder, name)
  writeJsonl(path, items)
  return path
}
const world = writeToldWorld(folder)
const played = erringTrajectories(12).map(({ task, provenance, ...rest }) => ({
  ...rest,
  task: { ...task, environment: 'world' },
  provenance: { ...provenance, environment: 'world, many words' },
}))
const lost = played.slice(0, 3).map(one => ({ ...one, id: `${one.id}-lost`, outcome: 'lost' as const }))
const trajectories = write('played.jsonl', ...played, ...lost)
const rowsOfTokens = write('tokens.jsonl', {
  id: 'a',
  input_ids: [1, 2],
  labels: [-100, 2],
  attention_mask: [1, 1],
  spans: [],
})
const run = join(folder, 'run')
const asPlayed = { environment: world, option: { words: 'many' } }
const printed: string[] = []

beforeAll(() => {
  mkdirSync(run)
  const arms = { step: { data: ['golden'] }, base: { data: ['golden'] } }
  write('run/manifest.json', {
    format: 1,
    name: 'r',
    recipe: { environment: { name: 'households' }, arms },
    versions: {},
    stages: {},
  })
  vi.spyOn(console, 'log').mockImplementation(line => void printed.push(String(line)))
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
})
afterEach(() => void printed.splice(0))

const attempt = (path: string, options: Partial<ExportDataOptions>) =>
  exportData([path], { to: 'axolotl', out, ...options })
const readOut = () =>
  readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('exporting trajectories', () => {
  it('says what they were told when they were played', async () => {
    await attempt(trajectories, asPlayed)
    expect(readOut()[0].messages[0].content).toMatch(/^Use many words\.\n/)
    await expect(attempt(trajectories, { environment: world })).rejects.toThrow(/"world, many words", and this is/)
    await expect(attempt(trajectories, { environment: 'households' })).rejects.toThrow(/another environment/)
  })

  it('renders them for a student where tokens are wanted, as a run does', async () => {
    await attempt(trajectories, { ...asPlayed, to: 'axolotl-tokens', student, mask: 'corrections-only' })
    const format = await loadChatFormat(student)
    const { examples } = renderExamples(format, played, { mask: 'corrections-only', prompt: 'Use many words.' })
    const tokens = examples.map(({ input_ids, attention_mask, labels }) => ({ input_ids, attention_mask, labels }))
    expect(readOut()).toEqual(tokens)
    await expect(attempt(trajectories, { to: 'trl' })).rejects.toThrow(/reads tokens, not trajectories.*\n.*--student/)
  })

  it('tells what was left out, also where nothing is left', async () => {
    const lengths = readOut().map(({ input_ids: ids }) => ids.length)
    const maxTokens = Math.min(...lengths)
    await attempt(trajectories, { ...asPlayed, to: 'trl', student, maxTokens, json: true })
    const kept = lengths.filter(length => length === maxTokens).length
    expect(JSON.parse(printed[0]!)).toMatchObject({
      sources: 15,
      rows: kept,
      leftOut: {
        [`longer than ${maxTokens} tokens`]: 12 - kept,
        'did not reach the goal; --keep all takes these too': 3,
      },
    })
    const few = attempt(write('lost.jsonl', ...lost), { ...asPlayed, to: 'openai' })
    await expect(few).rejects.toThrow(/there are 0\n {2}3 of 3 were left out: did not reach the goal; --keep all/)
  })
})

describe('a flag without effect', () => {
  it.each([
    [run, { arm: 'step', mask: 'none' }, '--mask'],
    [run, { arm: 'step', keep: 'all' }, '--keep'],
    [run, { arm: 'step', to: 'trl', environment: 'households' }, '--environment'],
    [run, { arm: 'step', to: 'trl', student }, '--student'],
    [trajectories, { arm: 'step' }, '--arm'],
    [trajectories, { maxTokens: 9 }, '--max-tokens'],
    [trajectories, { split: false }, '--no-split'],
    [rowsOfTokens, { to: 'trl', mask: 'none' }, '--mask'],
    [rowsOfTokens, { to: 'trl', option: {} }, '--option'],
  ] as [string, Partial<ExportDataOptions>, string][])('is refused: %s %j', async (path, options, flag) => {
    await expect(attempt(path, options)).rejects.toThrow(`${flag} has no effect here`)
  })
})
