import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeEnvironment } from '../../src/environments/conformance.ts'
import lightSwitches from './light-switches.ts'

describeEnvironment('the light switches of the documentation', () => lightSwitches, { describe, it, tasksPerSplit: 10 })

describe('docs/environment.md', () => {
  it('shows the file that is tested here, whole and unchanged', () => {
    const page = readFileSync(new URL('../environment.md', import.meta.url), 'utf8')
    const file = readFileSync(new URL('./light-switches.ts', import.meta.url), 'utf8')
    expect(page).toContain(`\`\`\`ts\n${file}\`\`\``)
  })
})
