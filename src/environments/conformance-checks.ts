/**
 * What the conformance suite checks: the world itself, its episodes, its experts.
 * @module
 */
import assert from 'node:assert/strict'
import type { Environment, Episode, Outcome, Task } from '../core/environment.ts'
import { createRandom } from '../core/random.ts'
import {
  nonsenseActions,
  type Played,
  playAtRandom,
  playExpert,
  replay,
  sampleTasks,
  withEpisode,
} from './conformance-play.ts'

/** What a check is given: ways to open the environment, and the settings. */
export interface Kit {
  open(): Promise<Environment>
  /** Opens the environment, hands it to the body and closes it. */
  onEnvironment(body: (environment: Environment) => Promise<void>): () => Promise<void>
  /** Hands a few tasks of each split to the body, one after the other. */
  onTasks(body: (task: Task, environment: Environment) => Promise<void>): () => Promise<void>
  /** Plays these tasks at random and hands over each. */
  onPlayed(body: (played: Played, environment: Environment, label: string) => Promise<void>): () => Promise<void>
  tasksPerSplit: number
  steps: number
  seed: string
  expertWins: boolean
}

/** Named checks. */
export type Checks = Record<string, () => Promise<void>>

export function worldChecks({ open, onEnvironment, onTasks, seed }: Kit): Checks {
  return {
    'has a kebab-case name, a version, splits and a step limit': onEnvironment(async environment => {
      assert.match(environment.name, /^[a-z][a-z0-9-]*$/)
      assert.ok(environment.version.length > 0, 'version is empty')
      assert.ok(environment.splits.length > 0, 'no split is named')
      assert.equal(new Set(environment.splits).size, environment.splits.length, 'a split is named twice')
      assert.ok(Number.isInteger(environment.stepLimit) && environment.stepLimit > 0, 'stepLimit is not a whole number')
      assert.equal(typeof environment.prompt, 'string')
      assert.equal(typeof (environment.guide ?? ''), 'string')
    }),

    'lists the same tasks in the same order each time, each id once in all splits': onEnvironment(async environment => {
      const splitOf = new Map<string, string>()
      for (const split of environment.splits) {
        const tasks = await environment.tasks(split)
        assert.ok(tasks.length > 0, `split ${split} has no task`)
        assert.deepEqual(await environment.tasks(split), tasks, `split ${split} is listed differently the second time`)
        for (const task of tasks) {
          assert.equal(splitOf.get(task.id), undefined, `task ${task.id} is also in split ${splitOf.get(task.id)}`)
          splitOf.set(task.id, split)
          assert.equal(task.split, split, `task ${task.id} names another split`)
          assert.equal(task.environment, environment.name, `task ${task.id} names another environment`)
          assert.equal(typeof task.kind, 'string', `task ${task.id} has no kind`)
        }
      }
    }),

    'lists the same tasks when it is opened again': onEnvironment(async environment => {
      const again = await open()
      try {
        for (const split of environment.splits)
          assert.deepEqual(await again.tasks(split), await environment.tasks(split))
      } finally {
        await again.close()
      }
    }),

    'starts the same task with the same opening': onTasks(async (task, environment) => {
      const opening = () =>
        withEpisode(environment, task, async episode => {
          assert.ok(episode.instruction.length > 0, `${task.id}: the instruction is empty`)
          assert.ok(!episode.done && !episode.won, `${task.id}: it is over before the first step`)
          return { instruction: episode.instruction, observation: episode.observation, reward: episode.reward }
        })
      assert.deepEqual(await opening(), await opening(), `${task.id}: two openings differ`)
    }),

    'closes twice without a throw': async () => {
      const environment = await open()
      const [task] = await sampleTasks(environment, seed, 1)
      const episode = await environment.start(task!)
      await episode.close()
      await episode.close()
      await environment.close()
      await environment.close()
    },
  }
}

export function episodeChecks({ onEnvironment, onTasks, onPlayed, seed, steps, tasksPerSplit }: Kit): Checks {
  return {
    'answers a bad action with an observation, never a throw, and does not accept it': onTasks(
      async (task, environment) => {
        await withEpisode(environment, task, async episode => {
          for (const action of nonsenseActions) {
            if (episode.done) break
            const label = `${task.id}: action ${JSON.stringify(action).slice(0, 60)}`
            const outcome = await episode.step(action).catch((cause: unknown) => {
              throw new assert.AssertionError({ message: `${label} throws ${String(cause)}` })
            })
            checkOutcome(outcome, episode, label)
            assert.equal(outcome.accepted, false, `${label} is accepted`)
          }
        })
      },
    ),

    'keeps reward in [0, 1], done and won consistent, and says why an action was not accepted': onPlayed(
      async (played, environment, label) => {
        await withEpisode(environment, played.task, async episode => {
          for (const [index, action] of played.actions.entries()) {
            checkOutcome(await episode.step(action), episode, `${label}: step ${index}`)
          }
        })
      },
    ),

    'gives the same outcomes for the same actions': onPlayed(async (played, environment, label) => {
      await withEpisode(environment, played.task, async episode => {
        assert.deepEqual(await replay(episode, played.actions), played.outcomes, `${label}: outcomes differ`)
      })
    }),

    'takes steps after the end without a throw and stays ended': onTasks(async (task, environment) => {
      await withEpisode(environment, task, async episode => {
        await playExpert(episode, 'everything', environment.stepLimit)
        if (!episode.done) return
        const { won, reward } = episode
        for (const action of ['', ...(episode.admissible?.() ?? []).slice(0, 2)]) {
          const outcome = await episode.step(action)
          assert.deepEqual([outcome.done, outcome.won, outcome.reward], [true, won, reward], `${task.id}: goes on`)
        }
      })
    }),

    'accepts the actions that it calls admissible': onPlayed(async (played, environment, label) => {
      const cuts = [0, Math.floor(played.actions.length / 2)]
      for (const cut of cuts) {
        const before = played.actions.slice(0, cut)
        const admissible = await withEpisode(environment, played.task, async episode => {
          await replay(episode, before)
          return episode.done ? [] : (episode.admissible?.() ?? [])
        })
        assert.equal(new Set(admissible).size, admissible.length, `${label}: an admissible action is listed twice`)
        for (const action of createRandom(seed, label, cut).shuffle(admissible).slice(0, 20)) {
          await withEpisode(environment, played.task, async episode => {
            await replay(episode, before)
            const { accepted, reason } = await episode.step(action)
            assert.ok(accepted, `${label}: step ${cut}: admissible "${action}" is not accepted (${reason})`)
          })
        }
      }
    }),

    'forks into an equal and independent episode': onPlayed(async (played, environment, label) => {
      await withEpisode(environment, played.task, async episode => {
        if (!episode.fork) return
        const middle = Math.floor(played.actions.length / 2)
        await replay(episode, played.actions.slice(0, middle))
        const equal = await episode.fork()
        const other = await episode.fork()
        assert.equal(equal.observation, episode.observation, `${label}: the fork sees something else`)
        await replay(other, [...(other.admissible?.() ?? []).slice(0, 5), ...nonsenseActions.slice(0, 2)])
        await other.close()
        const rest = played.actions.slice(middle)
        const expected = played.outcomes.slice(middle)
        assert.deepEqual(await replay(equal, rest), expected, `${label}: the fork goes another way`)
        await equal.close()
        assert.deepEqual(await replay(episode, rest), expected, `${label}: a fork's steps changed the original`)
      })
    }),

    'lets many episodes run at once without disturbing each other': onEnvironment(async environment => {
      const tasks = await sampleTasks(environment, seed, tasksPerSplit)
      const played: Played[] = []
      for (const task of tasks) played.push(await playAtRandom(environment, task, createRandom(seed, task.id), steps))
      const twice = [...played, ...played]
      const together = await Promise.all(
        twice.map(({ task, actions }) => withEpisode(environment, task, episode => replay(episode, actions))),
      )
      for (const [index, outcomes] of together.entries()) {
        assert.deepEqual(outcomes, twice[index]!.outcomes, `${twice[index]!.task.id}: played among others, it differs`)
      }
    }),
  }
}

export function expertChecks({ onTasks, onPlayed, expertWins }: Kit): Checks {
  return {
    'has experts that never throw, wherever the episode stands': onPlayed(async (played, environment, label) => {
      await withEpisode(environment, played.task, async episode => {
        if (!episode.expert) return
        for (const [index, action] of played.actions.entries()) {
          for (const sight of ['seen', 'everything'] as const) {
            const move = await episode.expert(sight)
            assert.ok(
              move === undefined || move.action.length > 0,
              `${label}: step ${index}: the ${sight} expert is mute`,
            )
          }
          await episode.step(action)
        }
      })
    }),

    'has an expert that wins within the step limit when it knows everything': onTasks(async (task, environment) => {
      await withEpisode(environment, task, async episode => {
        if (!episode.expert || !expertWins) return
        const taken = await playExpert(episode, 'everything', environment.stepLimit)
        assert.ok(episode.won, `${task.id}: not won after ${taken} of ${environment.stepLimit} steps`)
      })
    }),

    'has a judge that does not flag every step of an expert': onTasks(async (task, environment) => {
      await withEpisode(environment, task, async episode => {
        const judge = episode.judge?.()
        if (!judge) return
        let flagged = 0
        const taken = await playExpert(episode, 'seen', environment.stepLimit, async (move, outcome) => {
          const misstep = await judge.judge(move, outcome)
          if (!misstep) return
          flagged++
          assert.ok(misstep.kind.length > 0 && misstep.reflection.length > 0, `${task.id}: a misstep without a word`)
        })
        assert.ok(taken < 2 || flagged < taken, `${task.id}: the judge flags all ${taken} steps of the expert`)
      })
    }),
  }
}

function checkOutcome(outcome: Outcome, episode: Episode, label: string): void {
  const { observation, reward, done, won, accepted, reason } = outcome
  assert.equal(typeof observation, 'string', `${label}: the observation is no text`)
  assert.ok(reward >= 0 && reward <= 1, `${label}: reward ${reward} is outside [0, 1]`)
  assert.ok(done || !won, `${label}: won, yet not done`)
  assert.deepEqual(
    [episode.observation, episode.reward, episode.done, episode.won],
    [observation, reward, done, won],
    `${label}: the episode says otherwise than its last outcome`,
  )
  if (!accepted) assert.ok(reason, `${label}: not accepted, and no reason is given`)
}
