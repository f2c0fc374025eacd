import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { jar, needsJar, record, walk } from '../../../test/kit/sciworld.ts'
import { openSimulatorJar } from './simulator-jar.ts'
import { createSimulators } from './simulators.ts'

const folder = mkdtempSync(join(tmpdir(), 'misstep-patches-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The same simulator under another fingerprint: a class that nobody uses has another name. */
async function otherBuild() {
  const path = join(folder, 'other.jar')
  const bytes = readFileSync(jar!.path, 'latin1')
  const renamed = bytes.replaceAll('examples/ExampleRandomAgent.class', 'examples/ExampleRandomAgenX.class')
  expect(renamed).not.toBe(bytes)
  writeFileSync(path, renamed, 'latin1')
  return { ...(await openSimulatorJar(path)), types: jar!.types }
}

describe.skipIf(!jar)(`the methods that the bridge replaces${needsJar}`, () => {
  it('answer as those of the simulator, which are left in other builds', { timeout: 120_000 }, async () => {
    const setup = { task: 'chemistry-mix', variation: 1, simplifications: '', valid: true }
    const golden = { ...setup, task: 'find-living-thing' }
    const ours = createSimulators({ jar: jar!, machines: 1, seats: 1 })
    const other = createSimulators({ jar: await otherBuild(), machines: 1, seats: 1 })
    try {
      const run = await ours.start(setup)
      const actions = await walk(run, 'another build', 15)
      run.close()
      const [seen, expected] = await Promise.all(
        [ours, other].map(async simulators => {
          const again = await simulators.start(setup)
          const glimpses = [again.glimpse]
          for (const action of actions) glimpses.push(await again.step(action))
          again.close()
          return glimpses.map(record)
        }),
      )
      expect(seen!.length).toBeGreaterThan(5)
      expect(seen).toEqual(expected)
      expect(await ours.gold(golden)).toEqual(await other.gold(golden))
    } finally {
      ours.close()
      other.close()
    }
  })
})
