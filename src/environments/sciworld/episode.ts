/**
 * One run through a task, as the play loop sees it.
 * @module
 */
import type { Episode, Outcome } from '../../core/environment.ts'
import { explainAnswer, isAccepted, readAnswer } from './answer.ts'
import { expertMove, hasLooked } from './expert.ts'
import type { Guide } from './guide.ts'
import { createJudge } from './judge.ts'
import type { Run } from './run.ts'
import { isOver, type Limits, rewardOf, type Scoring } from './scoring.ts'

/** What holds for the whole episode. */
export interface EpisodeRules {
  kind: string
  scoring: Scoring
  limits: Limits
}

/** What an episode has come to. */
interface State {
  last: Outcome
  steps: number
  looked: boolean
  /** All that was shown, in small letters. */
  shown: string
}

/**
 * Plays in a run that stands at its beginning. Once the episode is over, further steps answer the last outcome again.
 *
 * @example
 * const episode = createEpisode(run, guide, { kind: 'boil', scoring: 'final', limits: 'official' })
 * await episode.step('open door to kitchen')
 */
export function createEpisode(run: Run, guide: Guide, rules: EpisodeRules): Episode {
  const { observation } = run.glimpse
  const reward = rewardOf(rules.scoring, run.glimpse, 0)
  const last = { observation, reward, done: false, won: false, accepted: true }
  const shown = `${run.description} ${observation}`.toLowerCase()
  return resume(run, guide, rules, { last, steps: 0, looked: true, shown })
}

function resume(run: Run, guide: Guide, rules: EpisodeRules, begun: State): Episode {
  let state = begun
  const move = async (sight: 'seen' | 'everything') => {
    if (state.last.done) return undefined
    const plan = await guide.plan()
    const { looked, shown } = state
    return plan && expertMove({ instruction: run.description, plan, glimpse: run.glimpse, looked, shown }, sight)
  }
  const judged = {
    get glimpse() {
      return run.glimpse
    },
    get done() {
      return state.last.done
    },
    // The limits end the episode; they do not move the goal.
    distance: async () => (run.glimpse.completed ? undefined : (await guide.plan())?.length),
    correction: () => move('seen'),
  }
  return {
    instruction: run.description,
    get observation() {
      return state.last.observation
    },
    get done() {
      return state.last.done
    },
    get won() {
      return state.last.won
    },
    get reward() {
      return state.last.reward
    },
    async step(action) {
      if (state.last.done) return state.last
      const before = run.glimpse
      const glimpse = await run.step(action)
      guide.took(action, before)
      const steps = state.steps + 1
      const verdict = readAnswer(action, glimpse.observation, before.request)
      const accepted = isAccepted(verdict)
      const last: Outcome = {
        observation: glimpse.observation,
        reward: rewardOf(rules.scoring, glimpse, state.last.reward),
        done: isOver(rules.limits, rules.kind, glimpse, steps),
        won: glimpse.completed && glimpse.score >= 1,
        accepted,
        ...(!accepted && { reason: explainAnswer(verdict, glimpse.observation) }),
      }
      const shown = `${state.shown} ${glimpse.observation.toLowerCase()}`
      state = { last, steps, looked: hasLooked(action, before, glimpse, state.looked), shown }
      return last
    },
    ...(run.glimpse.valid && { admissible: () => (state.last.done ? [] : unambiguous(run.glimpse.valid ?? [])) }),
    async fork() {
      const other = run.fork()
      return resume(other, guide.copy(other), rules, state)
    },
    expert: move,
    judge: () => createJudge(judged),
    close: async () => run.close(),
  }
}

/** The simulator lists an action twice when its words mean several things; it would ask back. */
function unambiguous(actions: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const action of actions) counts.set(action, (counts.get(action) ?? 0) + 1)
  return [...counts].flatMap(([action, count]) => (count === 1 ? [action] : []))
}
