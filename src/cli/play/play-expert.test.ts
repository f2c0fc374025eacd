import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createHouseholds } from '../../environments/households/environment.ts'
import { playExpert } from './play-expert.ts'

const words: string[] = []
afterEach(() => vi.restoreAllMocks())

/** A household whose expert takes its time before its first move. */
async function play(milliseconds: number, patience: number) {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(text => void words.push(text))
  const households = createHouseholds({ tasks: 1 })
  const [task] = await households.tasks('train')
  const start = async () => {
    const episode = await households.start(task!)
    const expert = episode.expert!.bind(episode)
    let isFirst = true
    return Object.assign(Object.create(episode), {
      async expert(sight: 'seen') {
        if (isFirst) await setTimeout(milliseconds)
        isFirst = false
        return expert(sight)
      },
    })
  }
  await playExpert({ ...households, start }, task!, 'everything', patience)
  return words.splice(0)
}

describe('an expert that plays', () => {
  it('is no failure where it does not win', async () => {
    vi.spyOn(console, 'log').mockImplementation(text => void words.push(text))
    const households = createHouseholds({ tasks: 1 })
    const [task] = await households.tasks('train')
    await playExpert({ ...households, stepLimit: 1 }, task!, 'seen')
    expect(words.splice(0).at(-1)).toContain('after 1 step.')
  })

  it('says so, once, where it keeps us waiting', async () => {
    expect(await play(100, 20)).toEqual([expect.stringContaining('looking for its way')])
    expect(await play(0, 60_000)).toEqual([])
  })
})
