import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jar, needsJar } from '../../../test/kit/sciworld.ts'
import type { Episode, Move, Outcome } from '../../core/environment.ts'
import { describeEnvironment } from '../conformance.ts'
import { createSciworld, type SciworldOptions } from './environment.ts'
import { ETO_STEP_LIMITS } from './eto-splits.ts'
import { createSimulators, type Simulators } from './simulators.ts'

const folder = mkdtempSync(join(tmpdir(), 'misstep-sciworld-test-'))
let simulators: Simulators
beforeAll(() => {
  if (jar) simulators = createSimulators({ jar, machines: 1, seats: 4 })
})
afterAll(() => {
  simulators?.close()
  rmSync(folder, { recursive: true, force: true })
})

const routes = join(folder, 'routes')
const open = (options: Partial<SciworldOptions> = {}) => createSciworld({ simulators, routes, ...options })

/** Starts a task, plays some actions, and hands over what came of them. */
async function played<T>(
  actions: readonly string[],
  body: (episode: Episode, outcomes: Outcome[]) => Promise<T>,
  { id = 'unseen/lifespan-longest-lived/93', ...options }: Partial<SciworldOptions> & { id?: string } = {},
): Promise<T> {
  const environment = open(options)
  const episode = await environment.start({ id, environment: 'sciworld', split: '', kind: '' })
  try {
    const outcomes: Outcome[] = []
    for (const action of actions) outcomes.push(await episode.step(action))
    return await body(episode, outcomes)
  } finally {
    await episode.close()
    await environment.close()
  }
}

describe.skipIf(!jar)(`createSciworld${needsJar}`, () => {
  describeEnvironment('SciWorld', () => open({ kinds: ['lifespan-longest-lived'] }), {
    describe,
    it,
    tasksPerSplit: 1,
    steps: 6,
  })

  it('refuses options that no task can be played with', () => {
    expect(() => open({ kinds: ['fly'] })).toThrow(/no such kind/)
    expect(() => open({ simplifications: 'noElectricalAction' })).toThrow(/electrical/)
  })

  it('lists admissible actions when it is asked to, and accepts them', async () => {
    await played(
      ['teleport to outside'],
      async episode => {
        const admissible = episode.admissible!()
        expect(admissible).toContain('look around')
        for (const action of ['open door to kitchen', 'teleport to kitchen', 'look at crocodile']) {
          const fork = await episode.fork!()
          if (admissible.includes(action)) expect((await fork.step(action)).accepted, action).toBe(true)
          else expect(action).toBe('open door to kitchen')
          await fork.close()
        }
      },
      { admissible: true },
    )
    await played([], async episode => expect(episode.admissible).toBeUndefined())
  })

  it('ends an episode at a wrong focus, as its wrapper does; the highest score stays', async () => {
    const actions = ['focus on agent', 'look around']
    const [failed, after] = await played(actions, async (_, outcomes) => outcomes)
    expect(failed).toMatchObject({ done: true, won: false, accepted: true })
    expect(after).toEqual(failed)
    const [final] = await played(actions, async (_, outcomes) => outcomes, { scoring: 'final' })
    expect(final!.reward).toBe(0)
  })

  it('keeps the routes that it has found, for the next time', async () => {
    const first = await played([], episode => episode.expert!('everything'))
    expect(readdirSync(routes)).toEqual([`${jar!.digest}-easy.jsonl`])
    const kept = readFileSync(join(routes, readdirSync(routes)[0]!), 'utf8')
      .trim()
      .split('\n')
    expect(kept.map(line => JSON.parse(line).task)).toContain('lifespan-longest-lived')
    expect(await played([], episode => episode.expert!('everything'))).toEqual(first)
  })

  it.skipIf(!existsSync('/dev/full'))('plays on where the disk is too full to keep a route', async () => {
    const full = join(folder, 'full')
    mkdirSync(full)
    symlinkSync('/dev/full', join(full, `${jar!.digest}-easy.jsonl`))
    const move = await played([], episode => episode.expert!('everything'), { routes: full })
    expect(move?.action).toBe('teleport to outside')
  })

  it('lists tasks mixed, so that a part of them has something of each kind; always in the same way', async () => {
    const kinds = ['boil', 'find-plant', 'lifespan-longest-lived']
    const ids = async (only: string[]) => (await open({ kinds: only }).tasks('train')).map(({ id }) => id)
    const all = await ids(kinds)
    expect(new Set(all.slice(0, 30).map(id => id.split('/')[1]))).toEqual(new Set(kinds))
    expect(await ids(['find-plant'])).toEqual(all.filter(id => id.includes('find-plant')))
  })

  describe('expert', () => {
    const finish = async (episode: Episode, sight: 'seen' | 'everything') => {
      const moves: Move[] = []
      for (let move = await episode.expert!(sight); move; move = await episode.expert!(sight)) {
        moves.push(move)
        await episode.step(move.action)
      }
      return moves.map(({ action }) => action)
    }

    it('goes straight to the goal, or looks around in each room first', async () => {
      const direct = await played([], async episode => {
        const moves = await finish(episode, 'everything')
        expect(episode.won).toBe(true)
        return moves
      })
      expect(direct).not.toContain('look around')
      const looking = await played([], async episode => {
        const moves = await finish(episode, 'seen')
        expect(episode.won).toBe(true)
        return moves
      })
      expect(looking.filter(action => action !== 'look around')).toEqual(direct)
      expect(looking.length).toBeGreaterThan(direct.length)
    })

    it('speaks only of what was shown, unless it knows everything', async () => {
      const id = 'unseen/find-animal/225'
      const spoken = (sight: 'seen' | 'everything') =>
        played([], async episode => (await episode.expert!(sight))!.thought, { id })
      expect(await spoken('everything')).toMatch(/^To focus on [a-z ]+, I teleport to outside\.$/)
      expect(await spoken('seen')).toBe('I have to find a(n) animal. I teleport to outside.')
    })

    it('finds back to its way wherever the agent has strayed', async () => {
      const astray = ['teleport to kitchen', 'pick up thermometer', 'teleport to foundry']
      await played(astray, async episode => {
        const moves = await finish(episode, 'everything')
        expect(episode.won).toBe(true)
        expect(moves[0]).toBe('teleport to outside')
      })
    })

    it('answers an ambiguous request with a number that leads on', async () => {
      await played(['open door'], async (episode, [asked]) => {
        expect(asked).toMatchObject({ accepted: false, reason: expect.stringMatching(/number/) })
        const move = await episode.expert!('everything')
        expect(move!.action).toMatch(/^\d+$/)
        // The door stands open, but the request is dealt with.
        expect(await episode.step(move!.action)).toMatchObject({
          accepted: true,
          observation: expect.stringMatching(/already open/),
        })
        await finish(episode, 'everything')
        expect(episode.won).toBe(true)
      })
    })
  })

  describe('judge', () => {
    /** What the judge says of the last of some actions. */
    const judged = (actions: readonly string[], options: Partial<SciworldOptions> = {}) =>
      played(
        [],
        async episode => {
          const judge = episode.judge!()
          const verdicts = []
          for (const action of actions) {
            const outcome = await episode.step(action)
            verdicts.push(await judge.judge({ thought: '', action }, outcome))
          }
          return verdicts.at(-1)
        },
        options,
      )

    it.each([
      [['teleport to outside'], undefined],
      [['inventory'], undefined],
      [['open the moon'], 'rejected'],
      [['open door to kitchen'], 'rejected'],
      [['open door'], 'ambiguous'],
      [['wait'], 'needless-wait'],
      [['inventory', 'inventory'], 'repeated'],
      [['teleport to outside', 'teleport to foundry'], 'detour'],
      [['teleport to outside', 'teleport to kitchen', 'teleport to outside'], undefined],
      [['focus on agent'], 'wrong-focus'],
    ] as const)('%j: %s', async (actions, kind) => {
      const misstep = await judged(actions)
      expect(misstep?.kind).toBe(kind)
      if (!misstep) return
      expect(misstep.reflection).toMatch(/^[A-Z].*\.$/)
      // Nothing can be put right once the task has failed.
      if (kind === 'wrong-focus') expect(misstep.correction).toBeUndefined()
      else expect(misstep.correction).toMatchObject({ action: expect.any(String) })
    })

    it('judges the step that the limit ends the episode with as any other, but has no correction for it', async () => {
      const limit = ETO_STEP_LIMITS['lifespan-longest-lived']!
      const idle = Array<string>(limit - 2).fill('inventory')
      const misstep = await judged([...idle, 'teleport to outside', 'teleport to foundry'], { limits: 'eto' })
      expect(misstep).toMatchObject({ kind: 'detour', reflection: expect.stringContaining('foundry') })
      expect(misstep).not.toHaveProperty('correction')
      expect(misstep).not.toHaveProperty('hopeless')
    })
  })
})
