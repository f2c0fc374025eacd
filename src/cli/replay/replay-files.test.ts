import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createScriptedAgent } from '../../agents/index.ts'
import type { Trajectory } from '../../core/trajectory.ts'
import { createHouseholds } from '../../environments/households/environment.ts'
import { playEpisode } from '../../play/play.ts'
import { FoundFault } from '../end-with.ts'
import { replayFiles } from './replay-files.ts'

const file = join(mkdtempSync(join(tmpdir(), 'misstep-replay-')), 'played.jsonl')
let played: Trajectory
const printed: string[] = []
const told: string[] = []

beforeAll(async () => {
  const environment = createHouseholds({ most: 5 })
  const [task] = await environment.tasks('train')
  const agent = createScriptedAgent({ script: ['look'] })
  played = await playEpisode(task!, { environment, tasks: [], agent, stepLimit: 1 })
  writeFileSync(file, `${JSON.stringify(played)}\n`)
  vi.spyOn(console, 'log').mockImplementation(line => void printed.push(String(line)))
  vi.spyOn(process.stderr, 'write').mockImplementation(text => told.push(String(text)) > 0)
})
afterEach(() => {
  printed.splice(0)
  told.splice(0)
})

describe('replaying a file', () => {
  it('opens the environment with the options that it was played with', async () => {
    await replayFiles('households', [file], { option: { most: 5 } })
    expect([printed, told]).toEqual([[`${file}: 1 episode, 1 step, no difference`], []])
  })

  it('says first, and once, where it was played with others', async () => {
    await expect(replayFiles('households', [file], {})).rejects.toThrow(FoundFault)
    expect(told.join('')).toMatch(/played in "households 1, most 5", and this is .*\n {2}Give --option most=5\n$/)
  })

  it('is refused in another environment', async () => {
    await expect(replayFiles('webshop', [file], {})).rejects.toMatchObject({ code: 'usage', value: 'households' })
  })
})
