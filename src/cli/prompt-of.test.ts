import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createTrajectory } from '../../test/kit/conversations.ts'
import { writeToldWorld } from '../../test/kit/told-world.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { optionsOfVersion } from '../environments/registry.ts'
import { createPromptOf } from './prompt-of.ts'

const world = writeToldWorld(mkdtempSync(join(tmpdir(), 'misstep-prompt-')))
const played = (environment: string, version: string): Trajectory => {
  const { task, provenance, ...rest } = createTrajectory({})
  return { ...rest, task: { ...task, environment }, provenance: { ...provenance, environment: version } }
}

describe('the prompt of trajectories', () => {
  it('is that of their environment, opened with the options that they were played with', async () => {
    expect(await createPromptOf({})(played('households', 'households 1, most 3'))).toBe('')
    expect(await createPromptOf({ environment: world })(played('world', 'world, few words'))).toBe('Use few words.')
    const promptOf = createPromptOf({ environment: world, option: { words: 'many' } })
    expect(await promptOf(played('world', 'world, many words'))).toBe('Use many words.')
  })

  it('is refused where the options are others, with those to give', async () => {
    const refused = expect(createPromptOf({ environment: world })(played('world', 'world, many words'))).rejects
    await refused.toMatchObject({ code: 'usage' })
    const others = createPromptOf({})(played('households', 'households 1, most 5'))
    await expect(others).rejects.toThrow(/played in "households 1, most 5".* "households 1, most 3"\n.*--option most=5/)
  })

  it('is refused where the environment is another', async () => {
    const other = createPromptOf({ environment: 'households' })(played('world', 'world, few words'))
    await expect(other).rejects.toThrow(/another environment than households: "world"/)
  })

  it('is never that of a module that only the data name', async () => {
    await expect(createPromptOf({})(played(world, 'world, few words'))).rejects.toThrow(/--environment/)
  })

  it('is empty for a recording that was taken at its word, for its opening holds all', async () => {
    const recording = played('moon', 'as recorded, not played again')
    expect(await createPromptOf({})(recording)).toBe('')
    expect(await createPromptOf({ environment: world })(recording)).toBe('Use few words.')
  })
})

describe('the options that a version speaks of', () => {
  it.each([
    ['alfworld', 'alfworld 2.1.1-react, games 0.4.2', { profile: '2.1.1-react' }],
    [
      'webshop',
      'webshop upstream, human goals, seed 233, made, nouns none',
      { profile: 'upstream', goals: 'human', seed: '233' },
    ],
    [
      'sciworld',
      'scienceworld 1.2.3 (0a), simplifications none, final score, official limits',
      { simplifications: '', scoring: 'final', limits: 'official' },
    ],
    ['alfworld', 'alfworld $(reboot), games 0.4.2', {}],
    ['world', 'world, many words', {}],
  ])('are those of %s', (name, version, options) => {
    expect(optionsOfVersion(name, version)).toEqual(options)
  })
})
