/**
 * One recorded episode, watched again by a teacher and by the oracle.
 * @module
 */
import type { Situation, Teacher } from '../core/agent.ts'
import type { Environment, Episode, Misstep, Move, Outcome } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { type Step, type Trajectory, UNJUDGED, wasExecuted } from '../core/trajectory.ts'

/** What a teacher did in one episode. */
export interface TeacherCounts {
  /** Steps of the student that both were asked about. */
  steps: number
  /** Of these, wrong as the oracle has it; called wrong by the teacher; both. */
  errors: number
  called: number
  found: number
  unjudged: number
  /** Steps that it called wrong before the episode was over. */
  correctable: number
  /** Corrections that it proposed, that the environment accepts, and that help. */
  proposed: number
  accepted: number
  helpful: number
  requests: number
  tokensIn: number
  tokensOut: number
  cost: number
  /** 1 where the cost is known. */
  priced: number
  /** 1 where the episode did not go as recorded. */
  strayed: number
}

/** Plays the recorded actions; where what they bring about is not what was recorded, the rest is left alone. */
export async function watchAgain(
  environment: Environment,
  teacher: Teacher,
  trajectory: Trajectory,
  signal?: AbortSignal,
): Promise<TeacherCounts> {
  const counts = nothing()
  const episode = await environment.start(trajectory.task)
  try {
    const judge = judgeOf(episode)
    const seed = `teacher-report/${trajectory.id}`
    const watch = teacher.watch(episode, seed)
    const steps: Step[] = []
    const { task, instruction, opening } = trajectory
    const situation: Situation = { task, instruction, opening, steps, conversation: seed, seed, episode }
    counts.strayed = episode.observation === opening ? 0 : 1
    for (const step of counts.strayed ? [] : trajectory.steps) {
      signal?.throwIfAborted()
      if (wasExecuted(step)) {
        const outcome = await episode.step(step.action)
        if (outcome.observation !== step.observation || outcome.done !== step.done) {
          counts.strayed = 1
          break
        }
        if (step.by === 'teacher') {
          judge.observe(step, outcome)
          watch.observe(step, outcome)
        } else {
          const truth = await judge.judge(step, outcome)
          const word = await watch.judge(moveOf(step), outcome, situation)
          await count(counts, episode, outcome, { truth, word, most: environment.stepLimit })
        }
      }
      steps.push(step)
    }
    const spent = watch.spent?.()
    if (spent) {
      const { requests, tokensIn, tokensOut, cost } = spent
      Object.assign(counts, { requests, tokensIn, tokensOut, cost: cost ?? 0, priced: cost === undefined ? 0 : 1 })
    }
    return counts
  } finally {
    await episode.close()
  }
}

/** What the agent did, without what was made of it. */
function moveOf({ thought, action, text }: Step) {
  return { thought, action, ...(text !== undefined && { text }) }
}

async function count(
  counts: TeacherCounts,
  episode: Episode,
  outcome: Outcome,
  { truth, word, most }: { truth: Misstep | undefined; word: Misstep | undefined; most: number },
): Promise<void> {
  const isUnjudged = word?.kind === UNJUDGED
  const isCalled = word !== undefined && !isUnjudged
  const isWrong = truth !== undefined && truth.kind !== UNJUDGED
  counts.steps++
  if (isWrong) counts.errors++
  if (isUnjudged) counts.unjudged++
  if (isCalled) counts.called++
  if (isCalled && isWrong) counts.found++
  if (isCalled && !outcome.done) counts.correctable++
  counts.proposed += word?.withheld?.length ?? 0
  if (!word?.correction) return
  counts.proposed++
  const tried = await tryCorrection(episode, word.correction, most)
  if (tried.accepted) counts.accepted++
  if (tried.accepted && tried.helps) counts.helpful++
}

/** Makes a correction on a fork: it helps when the oracle finds it right, or has a shorter way to the goal after it. */
async function tryCorrection(
  episode: Episode,
  correction: Move,
  most: number,
): Promise<{ accepted: boolean; helps: boolean }> {
  return onFork(episode, async fork => {
    const judge = judgeOf(fork)
    // An expert that is asked has worked out where it is before the step changes that.
    await fork.expert?.('seen')
    const outcome = await fork.step(correction.action)
    const isRight = (await judge.judge(correction, outcome)) === undefined
    return {
      accepted: outcome.accepted,
      helps: isRight || (await wayLength(fork, most)) < (await wayLength(episode, most)),
    }
  })
}

/** The steps in which the expert, who knows what was seen, reaches the goal from here; infinite where it does not. */
async function wayLength(episode: Episode, most: number): Promise<number> {
  if (episode.won) return 0
  return onFork(episode, async fork => {
    for (let steps = 1; steps <= most && !fork.done; steps++) {
      const move = await fork.expert?.('seen')
      if (!move) break
      if ((await fork.step(move.action)).won) return steps
    }
    return Number.POSITIVE_INFINITY
  })
}

async function onFork<T>(episode: Episode, work: (fork: Episode) => Promise<T>): Promise<T> {
  if (!episode.fork) {
    throw new MisstepError('environment', 'To measure corrections, the episodes must have fork()', {
      advice: 'Add fork() to the environment.',
    })
  }
  const fork = await episode.fork()
  try {
    return await work(fork)
  } finally {
    await fork.close()
  }
}

function judgeOf(episode: Episode) {
  const judge = episode.judge?.()
  if (judge) return judge
  throw new MisstepError(
    'environment',
    'There is no oracle to measure a teacher against: the episodes have no judge()',
    {
      advice: 'Add judge() to the environment.',
    },
  )
}

function nothing(): TeacherCounts {
  return {
    steps: 0,
    errors: 0,
    called: 0,
    found: 0,
    unjudged: 0,
    correctable: 0,
    proposed: 0,
    accepted: 0,
    helpful: 0,
    requests: 0,
    tokensIn: 0,
    tokensOut: 0,
    cost: 0,
    priced: 0,
    strayed: 0,
  }
}
