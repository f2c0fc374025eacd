import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { exampleSchema } from '../src/core/example.ts'
import { trajectorySchema } from '../src/core/trajectory.ts'
import { renderExample } from '../src/render/index.ts'
import { createStep, createTestFormat, createTrajectory } from './kit/conversations.ts'

const folder = fileURLToPath(new URL('../docs/schema/', import.meta.url))

const SCHEMAS = {
  trajectory: { schema: trajectorySchema, title: 'Trajectory', description: 'One line of trajectories/*.jsonl.' },
  example: { schema: exampleSchema, title: 'Example', description: 'One line of examples/*.jsonl.' },
}

/** As a reader of the files needs it: keys that a later version adds are allowed. */
const build = ({ schema, title, description }: (typeof SCHEMAS)[keyof typeof SCHEMAS]) =>
  JSON.parse(JSON.stringify({ title, description, ...z.toJSONSchema(schema, { io: 'input' }) }))

const read = (name: string) => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'))

// To write them: MISSTEP_WRITE_SCHEMAS=1 npx vitest run test/schema.test.ts && npx biome check --write docs/schema
if (process.env.MISSTEP_WRITE_SCHEMAS) {
  mkdirSync(folder, { recursive: true })
  for (const [name, entry] of Object.entries(SCHEMAS)) {
    writeFileSync(`${folder}${name}.json`, `${JSON.stringify(build(entry), null, 2)}\n`)
  }
}

describe('the published JSON Schemas', () => {
  it.each(Object.entries(SCHEMAS))('say of a %s what the code says', (name, entry) => {
    expect(read(name)).toEqual(build(entry))
  })

  it('accept what the code writes and refuse what it would not read', async () => {
    const trajectory = createTrajectory({
      steps: [createStep({ verdict: { ok: false, kind: 'rejected' } }), createStep()],
    })
    const example = renderExample(await createTestFormat(), trajectory, { mask: 'errors' })
    const accepts = (name: string, value: unknown) => z.fromJSONSchema(read(name)).safeParse(value).success
    expect(accepts('trajectory', trajectory)).toBe(true)
    expect(accepts('trajectory', { ...trajectory, outcome: 'tied' })).toBe(false)
    expect(accepts('example', example)).toBe(true)
    expect(accepts('example', { ...example, labels: ['x'] })).toBe(false)
  })
})
