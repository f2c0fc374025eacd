import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jar, needsJar } from '../../../test/kit/sciworld.ts'
import { findDifference, readWalks } from '../../../test/kit/sciworld-walks.ts'
import { createSimulators, type Simulators } from './simulators.ts'
import { TASK_KINDS } from './task-kinds.ts'

const { scienceworld, walks } = readWalks()
const isRecorded = jar?.version === scienceworld
const needs = !jar ? needsJar : isRecorded ? '' : ` (recorded with ${scienceworld}, this is ${jar.version})`

describe.skipIf(!isRecorded)(`SciWorld answers as its original wrapper does${needs}`, () => {
  let simulators: Simulators
  beforeAll(() => {
    simulators = createSimulators({ jar: jar!, machines: 1, seats: 2 })
  })
  afterAll(() => simulators.close())

  it.each(TASK_KINDS.map(({ name }) => name))(
    '%s, along gold paths and at random',
    { timeout: 600_000 },
    async name => {
      const these = walks.filter(({ task }) => task === name)
      expect(these.map(({ path }) => path).sort()).toEqual(['gold', 'gold', 'gold', 'random', 'random', 'random'])
      // Side by side, as episodes are played.
      const differences = await Promise.all(these.map(walk => findDifference(simulators, walk)))
      expect(differences.filter(difference => difference !== undefined)).toEqual([])
    },
  )
})
