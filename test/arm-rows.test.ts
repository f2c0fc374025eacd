import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Trajectory } from '../src/core/trajectory.ts'
import { exampleCount } from '../src/evaluate/training-summary.ts'
import { parseRecipe } from '../src/pipeline/read-recipe.ts'
import type { RunContext } from '../src/pipeline/stage.ts'
import { renderExamplesStage } from '../src/pipeline/stages/render-examples.ts'
import { writeJsonl } from '../src/store/jsonl.ts'
import { erringTrajectories } from './kit/student-examples.ts'

/** As templates of thinking models do it: of answers before the last, the thought is left out. */
const REWRITING =
  "{% for m in messages %}{{ '<|' + m.role + '|>' }}{{ m.content if loop.last or m.role != 'assistant' else m.content.split('Action:')[-1] }}" +
  "{{ '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'misstep-split-'))
  cpSync('students/household-base', join(folder, 'student'), { recursive: true })
  const file = join(folder, 'student/tokenizer_config.json')
  const config = { ...JSON.parse(readFileSync(file, 'utf8')), chat_template: REWRITING }
  writeFileSync(file, JSON.stringify(config))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Renders the step arm of a recipe whose golden and reflected trajectories are these. */
async function renderArm(trajectories: readonly Trajectory[], batchTokens: string, student: string) {
  const text = readFileSync(new URL('./fixtures/test-recipe.yaml', import.meta.url), 'utf8')
  const recipe = parseRecipe(text.replace('batchTokens: 1024', `batchTokens: ${batchTokens}`))
  for (const source of ['golden', 'reflected']) writeJsonl(join(folder, `trajectories/${source}.jsonl`), trajectories)
  const notes: string[] = []
  const context = {
    folder,
    recipe,
    environment: { prompt: '' },
    student: { folder: student, hash: '' },
    progress: { note: (note: string) => notes.push(note) },
  } as unknown as RunContext
  const counts = await renderExamplesStage(recipe, 'step', '').run(context)
  return { counts, notes: notes.join() }
}

it('says of rows that had to be split, one for each trained turn, how many trajectories they are of', async () => {
  const trajectories = erringTrajectories(3)
  const { counts, notes } = await renderArm(trajectories, '2048', join(folder, 'student'))
  const trained = trajectories.flatMap(({ steps }) => steps.filter(({ verdict }) => verdict?.ok !== false)).length
  expect(counts).toMatchObject({ trajectories: 6, split: 6, rows: 2 * trained })
  expect(notes).toContain('6 trajectories became one row a turn')
  const rows = readFileSync(join(folder, 'examples/step.jsonl'), 'utf8').trimEnd().split('\n')
  expect(rows.every(row => JSON.parse(row).trajectory !== undefined)).toBe(true)
  expect(exampleCount({ examples: rows.length, singleTurns: rows.length })).toBe(
    `${rows.length}, of these ${rows.length} of one turn`,
  )
  expect(exampleCount({ examples: 1412 })).toBe('1,412')
})

it('leaves out what is too long for a step and what trains nothing, or first steps only, and says how many', async () => {
  const [longest, ...others] = erringTrajectories(4).sort((a, b) => b.steps.length - a.steps.length)
  const error = { ok: false, kind: 'rejected' }
  const erring = {
    ...others[0]!,
    steps: others[0]!.steps.map(step => ({ ...step, by: 'student' as const, verdict: error })),
  }
  const trajectories = [{ ...longest!, steps: [...longest!.steps, ...longest!.steps] }, erring, ...others.slice(1)]
  const whole = await renderArm(trajectories, '512', 'students/household-base')
  expect(whole.counts).toMatchObject({ rows: 4, tooLong: 2, untrained: 2, shortened: 0 })
  expect(whole.notes).toMatch(/left out: 2 are too long, 2 train nothing/)
  const { counts, notes } = await renderArm(trajectories, '512\n  truncate: drop-steps', 'students/household-base')
  expect(counts).toMatchObject({ rows: 6, tooLong: 0, untrained: 2, shortened: 2 })
  expect(notes).toMatch(/2 rows lost their first steps, being too long; left out: 2 train nothing/)
})
