import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ensureBuilt, misstep } from './misstep.ts'
import { makeTinyRun } from './tiny-run.ts'

// Seconds on a machine of one's own; a machine that others use may take far longer.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let folder: string

beforeAll(async () => {
  ensureBuilt()
  folder = (await makeTinyRun()).folder
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) => misstep(args, { folder })
const report = (name: string) => JSON.parse(readFileSync(join(folder, 'runs', name, 'report.json'), 'utf8'))

describe('a run from the command line', () => {
  it('stops on Ctrl-C with 130, and goes on with the same command to a table and a report', async () => {
    const stopped = await misstep(['run', 'recipe.yaml'], {
      folder,
      onStart: send => {
        const log = join(folder, 'runs/test-recipe/log.jsonl')
        const timer = setInterval(() => {
          const begun = (() => {
            try {
              return readFileSync(log, 'utf8').includes('train-base')
            } catch {
              return false
            }
          })()
          if (!begun) return
          clearInterval(timer)
          send('SIGINT')
        }, 10)
      },
    })
    expect(stopped).toMatchObject({ code: 130, stdout: '' })
    expect(stopped.stderr).toContain('run the same command to go on')

    const { code, stdout, stderr } = await run('run', 'recipe.yaml')
    expect(code).toBe(0)
    for (const arm of ['untrained', 'base', 'golden', 'step', 'step-unmasked', 'expert']) {
      expect(stdout).toMatch(new RegExp(`^${arm} +\\d+\\.\\d% \\(`, 'm'))
    }
    expect(stderr).toContain(join('runs', 'test-recipe', 'report.html'))
  })

  it('prints the report as JSON, of a complete run without doing anything again', async () => {
    const { code, stdout } = await run('run', 'recipe.yaml', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual(report('test-recipe'))
  })

  it('takes another seed into a folder of its own, and pools both', async () => {
    expect((await run('run', 'recipe.yaml', '--seed', '2')).code).toBe(0)
    expect(report('test-recipe-seed2').seed).toBe(2)
    const pooled = await run('report', 'runs/test-recipe', 'runs/test-recipe-seed2', '--to', 'runs/both')
    expect(pooled.code).toBe(0)
    expect(pooled.stdout).toContain('step-unmasked')
    expect(report('both').seed).toEqual([1, 2])
    const single = await run('report', 'runs/test-recipe')
    expect(single.stdout).toBe((await run('run', 'recipe.yaml')).stdout)
  })

  it('refuses a changed recipe under the old name with 2', async () => {
    const { code, stderr } = await run('run', 'recipe.yaml', '--seed', '2', '--name', 'test-recipe')
    expect(code).toBe(2)
    expect(stderr).toContain('--fresh')
  })

  it('leaves rows that the lint approves of when it compares them with their trajectories', async () => {
    const rows = 'runs/test-recipe/examples/step.jsonl'
    const sources = ['golden', 'reflected'].map(name => `runs/test-recipe/trajectories/${name}.jsonl`)
    const world = ['--student', 'student', '--environment', './light-switches.js']
    const { code, stdout } = await run('lint', rows, ...world, '--allow-duplicates', '--trajectories', ...sources)
    expect(stdout).toMatch(/^(\d+) rows, \1 compared with their trajectories, 0 findings\n$/)
    expect(code).toBe(0)
  })

  it('leaves trajectories that replay exactly', async () => {
    const file = 'runs/test-recipe/trajectories/reflected.jsonl'
    const { code, stdout } = await run('replay', './light-switches.js', file)
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('no difference') })
  })

  it('shows which tokens of a row carry loss, and the same of its trajectory', async () => {
    const trajectory = 'runs/test-recipe/trajectories/reflected.jsonl'
    const world = ['--student', 'student', '--environment', './light-switches.js']
    const lines = readFileSync(join(folder, trajectory), 'utf8').trimEnd().split('\n')
    const { id } = lines.map(line => JSON.parse(line)).find(({ outcome }) => outcome === 'won')
    const made = await run('show', trajectory, '--id', id, '--tokens', ...world)
    expect(made.stdout).toMatch(/step \d+ assistant, error \([a-z-]+\), no loss/)
    expect(made.stdout).toMatch(/step \d+ assistant, loss +Thought: /)
    const rows = 'runs/test-recipe/examples/step.jsonl'
    const row = await run('show', rows, '--id', `reflected/${id}`, '--student', 'student', '--trajectories', trajectory)
    expect(row.stdout).toBe(`reflected/${made.stdout}`)
    expect((await run('show', rows)).code).toBe(2)
  })
})
