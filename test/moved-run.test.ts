import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planStages } from '../src/pipeline/plan.ts'
import { parseRecipe } from '../src/pipeline/read-recipe.ts'
import { openRunFolder } from '../src/pipeline/run-folder.ts'

const fixture = readFileSync(new URL('./fixtures/test-recipe.yaml', import.meta.url), 'utf8')
const withTrl = (trl: string) => fixture.replace('train:\n', `train:\n  engine: trl\n  trl: ${trl}\n`)
const began = withTrl('{ python: /opt/a/python, processes: 8, sharding: fsdp2, rowsAtOnce: 4 }')

/** Why a run that was begun with one recipe is not gone on with by another; empty where it is. */
function refusal(before: string, now: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'misstep-moved-'))
  const open = (text: string) =>
    openRunFolder({ path: 'recipe.yaml', text, recipe: parseRecipe(text), placeOf: () => '' }, folder).unlock()
  try {
    open(before)
    open(now)
    return ''
  } catch (error) {
    return (error as Error).message
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the stages are made from, as the manifest of a run remembers it. */
const depends = (text: string) =>
  planStages(parseRecipe(text), 'world', 'student').map(({ name, depends }) => [name, depends])

describe('a run that was begun on one machine', () => {
  it.each([
    ['another Python', '{ python: /home/me/venv/bin/python, processes: 8, sharding: fsdp2, rowsAtOnce: 4 }'],
    ['the Python of the environment', '{ processes: 8, sharding: fsdp2, rowsAtOnce: 4 }'],
    ['one GPU', '{ python: /opt/a/python, gradientCheckpointing: false }'],
    ['four nodes', '{ sharding: zero3, processes: 8, nodes: { count: 4, address: node-1, launcher: [srun] } }'],
  ])('goes on with %s', (_, trl) => {
    const now = withTrl(trl)
    expect(refusal(began, now)).toBe('')
    expect(depends(now)).toEqual(depends(began))
  })

  it('goes on with another server for its checkpoints', () => {
    expect(refusal(began, `${began}\nserve: { command: [vllm, serve, '{checkpoint}'] }\n`)).toBe('')
  })

  it.each(['{ method: lora }', '{ precision: float32 }', '{ packing: true }', '{ config: { optim: adafactor } }'])(
    'does not go on with what trains otherwise: %s',
    trl => {
      expect(refusal(began, withTrl(trl))).toMatch(/train\.trl/)
      expect(depends(withTrl(trl))).not.toEqual(depends(began))
    },
  )
})
