import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createExpertAgent } from '../agents/index.ts'
import type { Environment } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { createHouseholds } from '../environments/households/environment.ts'
import { playIntoFile } from './play-into-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'misstep-play-'))
afterAll(() => rmSync(folder, { recursive: true }))

const households = createHouseholds({ tasks: 30 })
const tasks = await households.tasks('train')
const agent = createExpertAgent({ sight: 'seen' })
const options = { environment: households, agent, rounds: 2, stepLimit: 3, episodesAtOnce: 4 }

/** Counts the episodes that are begun, and breaks where it is told to. */
function counting(breaks: (id: string) => boolean): Environment & { begun: string[] } {
  const begun: string[] = []
  const start: Environment['start'] = async task => {
    begun.push(task.id)
    if (breaks(task.id)) throw new MisstepError('environment', 'The engine is gone')
    return households.start(task)
  }
  return { ...households, begun, start }
}

it('plays all rounds when the world breaks in one, and the next call plays what is missing', async () => {
  const [few, doomed] = [tasks.slice(0, 5), tasks[2]!.id]
  await playIntoFile({ ...options, tasks: few, file: join(folder, 'whole.jsonl') })
  const file = join(folder, 'broken.jsonl')
  const broken = counting(id => id === doomed)
  await expect(playIntoFile({ ...options, tasks: few, environment: broken, file })).rejects.toThrow(
    `The environment failed in 2 of 10 episodes:\n  ${doomed}, ${doomed}#2: The engine is gone\n`,
  )
  expect(broken.begun).toHaveLength(10)
  expect(existsSync(file)).toBe(false)
  const mended = counting(() => false)
  await playIntoFile({ ...options, tasks: few, environment: mended, file })
  expect(mended.begun).toEqual([doomed, doomed])
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(join(folder, 'whole.jsonl'), 'utf8'))
})

it('begins no other round when the world is broken altogether', async () => {
  const broken = counting(() => true)
  const file = join(folder, 'none.jsonl')
  await expect(playIntoFile({ ...options, tasks, environment: broken, file })).rejects.toMatchObject({
    code: 'environment',
    message: expect.stringMatching(/failed in all 1\d episodes that were begun, so 4\d were not:/),
  })
  expect(broken.begun.length).toBeLessThan(15)
})
