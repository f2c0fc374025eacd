import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jar, needsJar } from '../../test/kit/sciworld.ts'
import type { Agent } from '../core/agent.ts'
import type { Step, Trajectory } from '../core/trajectory.ts'
import { createSciworld, type SciworldOptions } from '../environments/sciworld/environment.ts'
import { createSimulators, type Simulators } from '../environments/sciworld/simulators.ts'
import { createOracleTeacher } from '../teachers/oracle.ts'
import { type PlayOptions, play } from './play.ts'

const routes = mkdtempSync(join(tmpdir(), 'misstep-play-sciworld-'))
const open = (options: Partial<SciworldOptions> = {}) => createSciworld({ simulators, routes, ...options })
let simulators: Simulators
beforeAll(() => {
  if (jar) simulators = createSimulators({ jar, machines: 1, seats: 4 })
})
afterAll(() => {
  simulators?.close()
  rmSync(routes, { recursive: true, force: true })
})

/** Says these actions, whatever the teacher does between them, then looks around. */
function reciter(actions: readonly string[]): Agent {
  return {
    name: 'reciter',
    act: async ({ steps }) => {
      const action = actions[steps.filter(({ by }) => by === 'student').length] ?? 'look around'
      return { thought: '', action }
    },
  }
}

const LIFESPAN = 'unseen/lifespan-longest-lived/93'
const PAINT = 'unseen/chemistry-mix-paint-secondary-color/27'
/** What begins the way to violet; the first of them is worth nothing yet. */
const mixing = [
  'pour cup containing red paint in art studio in cup containing nothing',
  'pour cup containing blue paint in art studio in cup containing red paint in table',
]

/** One episode in which each of these actions is said, and judged by the oracle. */
async function taught(actions: readonly string[], id = LIFESPAN, options: Partial<PlayOptions> = {}) {
  const { environment = open() } = options
  const tasks = [{ id, environment: 'sciworld', split: '', kind: '' }]
  const trajectories: Trajectory[] = []
  const agent = reciter(actions)
  const teacher = createOracleTeacher()
  const stepLimit = 2 * actions.length
  for await (const played of play({ tasks, agent, teacher, stepLimit, ...options, environment }))
    trajectories.push(played)
  await environment.close()
  return trajectories[0]!
}

/** What follows each step that was called wrong, or nothing where the teacher said nothing. */
function corrections({ steps }: Trajectory): (string | undefined)[] {
  return steps.flatMap((step, at) => (step.verdict?.ok === false ? [actionOfTeacher(steps[at + 1])] : []))
}

const actionOfTeacher = (step: Step | undefined) => (step?.by === 'teacher' ? step.action : undefined)

describe.skipIf(!jar)(`the oracle teacher in SciWorld${needsJar}`, () => {
  it('corrects every wrong step after an ambiguous request, too', async () => {
    const nonsense = ['go to kitchen', 'pick up thermometer', 'look at stove', 'examine dog']
    const played = await taught(['open door', ...nonsense, 'open door', 'examine cat'])
    expect(corrections(played)).not.toContain(undefined)
    expect(played.outcome).toBe('won')
  })

  it('gets out of a request whose every answer comes to nothing', async () => {
    const { steps } = await taught(['open door'])
    expect(steps[0]!.verdict).toMatchObject({ kind: 'ambiguous' })
    expect(steps[1]).toMatchObject({ by: 'teacher', action: '0', observation: 'The door is already open.' })
    // Of a correction that counts as rejected, nothing would be learnt.
    expect(steps[1]!.accepted).toBe(true)
  })

  it.each([
    [['open door', 'foo', 'bar']],
    [['open door', 'look around', 'look around']],
    [['open door', 'inventory', 'inventory', 'foo']],
    // These three are answered, and the request still stands.
    [['open door', 'task', 'task', 'task']],
  ])('knows that a request is cancelled, or is not: %j, watching only', async actions => {
    const environment = open()
    const episode = await environment.start({ id: LIFESPAN, environment: 'sciworld', split: '', kind: '' })
    await episode.expert!('seen')
    for (const action of actions) {
      await episode.step(action)
      const fork = await episode.fork!()
      const move = await fork.expert!('seen')
      expect(await fork.step(move!.action), `${action}, then ${move!.action}`).toMatchObject({ accepted: true })
      await fork.close()
    }
    await episode.close()
    await environment.close()
  })

  it('chooses of several answers one that does something', async () => {
    const { steps } = await taught(['pick up cup'], PAINT)
    expect(steps[0]!.verdict).toMatchObject({ kind: 'ambiguous' })
    expect(steps[1]).toMatchObject({ by: 'teacher', action: expect.stringMatching(/^\d+$/) })
    expect(steps[1]!.observation).toMatch(/^You move/)
  })

  it('judges the first step right though the way has still to be found', async () => {
    const environment = open({ routes: join(routes, 'none-yet') })
    const { steps } = await taught(mixing, PAINT, { environment, corrects: false })
    expect(steps.slice(0, mixing.length).map(({ verdict }) => verdict)).toEqual(mixing.map(() => ({ ok: true })))
  })

  describe('once no way to the goal is known', () => {
    // Yellow is no part of violet, and there is no other cup of it.
    const spoilt = [
      'pour cup containing yellow paint in art studio in cup containing nothing',
      'pour cup containing red paint in art studio in glass cup',
      'open large cupboard',
      'teleport to kitchen',
      'open fridge',
      'pick up lighter',
    ]

    it('ends an exploration, with the wrong step as its last', async () => {
      const { steps, outcome } = await taught(spoilt, PAINT)
      expect(steps.at(-1)!.verdict).toMatchObject({ ok: false, kind: 'strayed' })
      expect(steps.filter(({ by }) => by === 'student').length).toBeLessThan(3)
      expect(outcome).toBe('truncated')
    })

    it('calls nothing right any more where it only watches', async () => {
      const { steps } = await taught(spoilt, PAINT, { corrects: false, stepLimit: spoilt.length })
      expect(steps).toHaveLength(spoilt.length)
      const lost = steps.findIndex(({ verdict }) => verdict?.kind === 'strayed')
      const later = steps.slice(lost + 1).filter(({ reward }, at) => reward === steps[lost + at]!.reward)
      expect(later.length).toBeGreaterThan(2)
      expect(later.map(({ verdict }) => verdict?.ok)).toEqual(later.map(() => false))
      expect(later.map(({ verdict }) => verdict?.kind)).toContain('unjudged')
    })
  })
})
