import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jar, needsJar } from '../../../test/kit/sciworld.ts'
import { findDifference, readWalks } from '../../../test/kit/sciworld-walks.ts'
import { createSimulators, type Simulators } from './simulators.ts'
import { TASK_KINDS } from './task-kinds.ts'

// The lists of valid actions of all 7,125 recorded steps keep a processor busy for half an hour.
const STEPS = 12
const isWhole = process.env.MISSTEP_TEST_SCIWORLD === 'all'

const { scienceworld, walks } = readWalks()
const isRecorded = jar?.version === scienceworld
const needs = !jar ? needsJar : isRecorded ? '' : ` (recorded with ${scienceworld}, this is ${jar.version})`
const extent = isWhole
  ? 'all of every walk'
  : `the first ${STEPS} steps of one variation (MISSTEP_TEST_SCIWORLD=all takes all)`

describe.skipIf(!isRecorded)(`SciWorld answers as its original wrapper does, in ${extent}${needs}`, () => {
  let simulators: Simulators
  beforeAll(() => {
    simulators = createSimulators({ jar: jar!, machines: 1, seats: 2 })
  })
  afterAll(() => simulators.close())

  it.each(TASK_KINDS.map(({ name }) => name))(
    '%s, along gold paths and at random',
    { timeout: isWhole ? 3_600_000 : 180_000 },
    async name => {
      const recorded = walks.filter(({ task }) => task === name)
      expect(recorded.map(({ path }) => path).sort()).toEqual(['gold', 'gold', 'gold', 'random', 'random', 'random'])
      const beginnings = recorded.slice(0, 2).map(walk => ({ ...walk, steps: walk.steps.slice(0, STEPS) }))
      // Side by side, as episodes are played.
      const differences = await Promise.all(
        (isWhole ? recorded : beginnings).map(walk => findDifference(simulators, walk)),
      )
      expect(differences.filter(difference => difference !== undefined)).toEqual([])
    },
  )
})
