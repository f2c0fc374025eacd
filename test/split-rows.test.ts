import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
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

it('says of rows that had to be split, one for each trained turn, how many trajectories they are of', async () => {
  const text = readFileSync(new URL('./fixtures/test-recipe.yaml', import.meta.url), 'utf8')
  const recipe = parseRecipe(text.replace('batchTokens: 1024', 'batchTokens: 2048'))
  const trajectories = erringTrajectories(3)
  for (const source of ['golden', 'reflected']) writeJsonl(join(folder, `trajectories/${source}.jsonl`), trajectories)
  const notes: string[] = []
  const context = {
    folder,
    recipe,
    environment: { prompt: '' },
    student: { folder: join(folder, 'student'), hash: '' },
    progress: { note: (note: string) => notes.push(note) },
  } as unknown as RunContext
  const counts = await renderExamplesStage(recipe, 'step', '').run(context)
  const trained = trajectories.flatMap(({ steps }) => steps.filter(({ verdict }) => verdict?.ok !== false)).length
  expect(counts).toMatchObject({ trajectories: 6, split: 6, rows: 2 * trained })
  expect(notes.join()).toContain('6 trajectories became one row a turn')
  const rows = readFileSync(join(folder, 'examples/step.jsonl'), 'utf8').trimEnd().split('\n')
  expect(rows.every(row => JSON.parse(row).trajectory !== undefined)).toBe(true)
  expect(exampleCount({ examples: rows.length, singleTurns: rows.length })).toBe(
    `${rows.length}, of these ${rows.length} of one turn`,
  )
  expect(exampleCount({ examples: 1412 })).toBe('1,412')
})
