/**
 * What one evaluated episode was worth: success, and how it dealt with its own errors.
 * @module
 */
import { z } from 'zod'
import { type Step, type Trajectory, UNJUDGED, type Verdict, wasExecuted } from '../core/trajectory.ts'

/** How many steps after an error still count as coming back from it. */
export const RECOVERY_STEPS = 3
/** How far back a loop is looked for, in steps, and how often the same must be seen to be one. */
export const LOOP_STEPS = 12
export const LOOP_SIGHTS = 3

/** One line of `scores/<arm>.<split>.jsonl`. */
export const episodeScoreSchema = z.object({
  /** The trajectory's id: what two arms are paired by. */
  id: z.string(),
  /** The task's id: several episodes may share it (rounds, seeds). */
  task: z.string(),
  kind: z.string(),
  split: z.string(),
  won: z.boolean(),
  /** The benchmark's own figure, in [0, 1]. */
  reward: z.number(),
  steps: z.number().int().nonnegative(),
  /** Of these, how many carry a verdict; where it is 0, only rejected actions are known to be errors. */
  judged: z.number().int().nonnegative(),
  errors: z.number().int().nonnegative(),
  /** How many errors of each kind, such as `{ rejected: 2 }`. */
  errorKinds: z.record(z.string(), z.number().int()),
  recovered: z.number().int().nonnegative(),
  /** For each recovered error, in order: steps from the error to the right step, 1 to `RECOVERY_STEPS`. */
  stepsToRecover: z.array(z.number().int()),
  repeatedErrors: z.number().int().nonnegative(),
  /** Steps that went round in a loop. */
  loops: z.number().int().nonnegative(),
  rejected: z.number().int().nonnegative(),
})
export type EpisodeScore = z.infer<typeof episodeScoreSchema>

/**
 * Scores one episode. Turns of words only, and steps that were withdrawn, are no steps. The definitions, which hold for
 * every number of the report:
 *
 * - **error**: a step that the judge found wrong; where no judge looked at the step, one that the environment rejected.
 *   Steps of a teacher are never errors.
 * - **recovered**: one of the `RECOVERY_STEPS` (3) steps after the error is *right*: no error, accepted by the
 *   environment, not the teacher's, and not the wrong action over again. An error too near the end to be followed by
 *   a right step is not recovered.
 * - **steps to recover**: the distance from the error to that right step; 1 when the very next step is right.
 * - **repeated error**: an error whose action (leading and trailing space aside) was an error before in this episode.
 * - **loop**: a step whose action *and* observation have both been seen together at least twice in the
 *   `LOOP_STEPS` (12) steps before it, so that it is the third sight or more. This catches repetition and cycles of
 *   up to six steps; `loops` counts such steps.
 * - **rejected**: a step that the environment did not accept.
 *
 * @example
 * const { won, errors, recovered } = scoreTrajectory(trajectory)
 */
export function scoreTrajectory(trajectory: Trajectory): EpisodeScore {
  const { task } = trajectory
  const steps = trajectory.steps.filter(wasExecuted)
  const errorKinds: Record<string, number> = {}
  const stepsToRecover: number[] = []
  const wrongActions = new Set<string>()
  let errors = 0
  let repeatedErrors = 0
  let loops = 0
  steps.forEach((step, at) => {
    if (turnsInLoop(steps, at)) loops++
    if (!isError(step)) return
    errors++
    const kind = step.verdict?.kind ?? (step.accepted ? 'unnamed' : 'rejected')
    errorKinds[kind] = (Object.hasOwn(errorKinds, kind) ? errorKinds[kind]! : 0) + 1
    const action = step.action.trim()
    if (wrongActions.has(action)) repeatedErrors++
    wrongActions.add(action)
    const next = steps.slice(at + 1, at + 1 + RECOVERY_STEPS)
    const right = next.findIndex(later => isRight(later) && later.action.trim() !== action)
    if (right >= 0) stepsToRecover.push(right + 1)
  })
  return {
    id: trajectory.id,
    task: task.id,
    kind: task.kind,
    split: task.split,
    won: trajectory.outcome === 'won',
    reward: trajectory.reward,
    steps: steps.length,
    judged: steps.filter(isJudged).length,
    errors,
    errorKinds,
    recovered: stepsToRecover.length,
    stepsToRecover,
    repeatedErrors,
    loops,
    rejected: steps.filter(step => !step.accepted).length,
  }
}

/** Whether a step counts as an error of the one who is evaluated. */
export function isError(step: Step): boolean {
  if (step.by === 'teacher') return false
  return isJudged(step) ? !step.verdict.ok : !step.accepted
}

/** A teacher that came to no judgement is like one that did not look. */
function isJudged(step: Step): step is Step & { verdict: Verdict } {
  return step.verdict !== undefined && step.verdict.kind !== UNJUDGED
}

function isRight(step: Step): boolean {
  return step.by !== 'teacher' && step.accepted && !isError(step)
}

function turnsInLoop(steps: readonly Step[], at: number): boolean {
  const here = steps[at]!
  const before = steps.slice(Math.max(0, at - LOOP_STEPS), at)
  const sights = before.filter(step => step.action === here.action && step.observation === here.observation)
  return sights.length + 1 >= LOOP_SIGHTS
}
