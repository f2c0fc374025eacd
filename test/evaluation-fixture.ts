/**
 * Made-up runs for the tests of scores and reports.
 * @module
 */
import { createRandom } from '../src/core/random.ts'
import type { Step, Trajectory } from '../src/core/trajectory.ts'
import type { ArmInput, ReportInput } from '../src/evaluate/report-data.ts'
import type { EpisodeScore } from '../src/evaluate/scores.ts'
import { summariseTraining } from '../src/evaluate/training-summary.ts'

/** A right step of the student, unless said otherwise. */
export function step(action: string, change: Partial<Step> = {}): Step {
  const blank = { thought: 'I look.', observation: 'You see a desk.', reward: 0, done: false, accepted: true }
  return { ...blank, action, by: 'student', verdict: { ok: true }, ...change }
}

/** A step that the judge found wrong. */
export function wrongStep(action: string, kind = 'searched-again', change: Partial<Step> = {}): Step {
  return step(action, { verdict: { ok: false, kind }, ...change })
}

export function trajectory(steps: Step[], change: Partial<Trajectory> = {}): Trajectory {
  return {
    id: 'unseen-1',
    task: { id: 'unseen-1', environment: 'alfworld', split: 'unseen', kind: 'pick_and_place_simple' },
    agent: 'step',
    instruction: 'put a mug in the desk.',
    opening: 'You are in the middle of a room.',
    steps,
    outcome: 'won',
    reward: 1,
    provenance: { seed: 1, environment: '1', misstep: '0.1.0', tokensIn: 0, tokensOut: 0 },
    ...change,
  }
}

/** The score of a made-up episode; harder tasks have higher numbers, so that arms agree about them as real ones do. */
export function score(change: Partial<EpisodeScore> = {}): EpisodeScore {
  const id = change.id ?? 'unseen-1'
  const counts = { steps: 20, judged: 20, errors: 0, errorKinds: {}, recovered: 0, stepsToRecover: [] }
  const rest = { repeatedErrors: 0, loops: 0, rejected: 0, won: false, reward: change.won ? 1 : 0 }
  return { id, task: id, kind: 'pick_and_place_simple', split: 'unseen', ...counts, ...rest, ...change }
}

/** Scores of one arm: seeded, with about the given success and recovery. */
export function scores(
  arm: string,
  split: string,
  success: number,
  recovery: number,
  seed = 1,
  tasks = 60,
): EpisodeScore[] {
  return Array.from({ length: tasks }, (_, at) => {
    const random = createRandom(seed, arm, split, at)
    const ease = createRandom(split, at).next()
    const won = 0.6 * ease + 0.4 * random.next() < success
    const steps = won ? 8 + random.integer(22) : 50
    const errors = Math.round(steps * (0.1 + 0.4 * (1 - success) * random.next()))
    const stepsToRecover: number[] = []
    for (let error = 0; error < errors; error++) {
      if (random.chance(recovery)) stepsToRecover.push(random.chance(0.7) ? 1 : 2 + random.integer(2))
    }
    const rejected = random.integer(errors + 1)
    return score({
      id: `${split}-${at}`,
      split,
      won,
      steps,
      judged: steps,
      errors,
      errorKinds: { rejected, 'searched-again': errors - rejected },
      recovered: stepsToRecover.length,
      stepsToRecover,
      repeatedErrors: Math.floor((errors - stepsToRecover.length) / 2),
      loops: !won && random.chance(0.7 * (1 - recovery)) ? 5 : 0,
      rejected,
    })
  })
}

/** A training whose loss falls. */
export function training(arm: string, optimiserSteps = 400, floor = 0.35) {
  const random = createRandom(arm)
  const events = Array.from({ length: optimiserSteps }, (_, at) => ({
    step: at + 1,
    steps: optimiserSteps,
    loss: floor + 3 * Math.exp(-at / 40) + 0.6 / (1 + at / 60) + 0.06 * random.next(),
    learningRate: 0.001,
    gradientNorm: 1,
    tokens: 2048 * (at + 1),
    trainedTokens: 640 * (at + 1),
  }))
  return summariseTraining(
    events,
    { log: `logs/train-${arm}.jsonl`, examples: `examples/${arm}.jsonl` },
    { examples: 412 },
  )
}

/** A self-reflected trajectory: the student errs, the teacher corrects, the student goes on. */
export function reflectedTrajectory(): Trajectory {
  const opening =
    'You are in the middle of a room. Looking quickly around you, you see a bed 1, a desk 2, a desk 1, a drawer 2, a drawer 1, a garbagecan 1, and a shelf 1.'
  const reflection = { ok: false, kind: 'searched-again', reflection: 'I looked into drawer 1 before.' }
  return trajectory(
    [
      step('go to desk 1', {
        thought: 'A mug often stands on a desk, so I look there first.',
        observation: 'You arrive at desk 1. On the desk 1, you see a book 1, and a pen 2.',
      }),
      step('go to drawer 1', {
        thought: 'No mug on the desk. I try the drawer.',
        observation: 'You arrive at drawer 1. The drawer 1 is closed.',
      }),
      step('open drawer 1', {
        thought: 'It is closed, so I open it.',
        observation: 'You open the drawer 1. The drawer 1 is open. In it, you see nothing.',
      }),
      step('go to drawer 1', {
        thought: 'I see a mug 1 in the drawer 1, so I go there and take it.',
        observation: 'Nothing happens.',
        accepted: false,
        verdict: reflection,
      }),
      step('go to shelf 1', {
        by: 'teacher',
        thought:
          'Wait, drawer 1 was empty when I opened it, and I am standing at it already. I have not looked at the shelf yet, so I go there.',
        observation: 'You arrive at shelf 1. On the shelf 1, you see a mug 1, and a vase 2.',
      }),
      step('take mug 1 from shelf 1', {
        thought: 'There is the mug. I take it.',
        observation: 'You pick up the mug 1 from the shelf 1.',
      }),
      step('go to desk 1', { thought: 'Now I bring it to the desk.', observation: 'You arrive at desk 1.' }),
      step('move mug 1 to desk 1', {
        thought: 'I put it down here.',
        observation: 'You move the mug 1 to the desk 1.',
        reward: 1,
        done: true,
      }),
    ],
    { id: 'explore-17', opening, teacher: 'oracle', agent: 'base' },
  )
}

/** A whole run's input: floor, four arms and ceiling on seen and unseen tasks. */
export function reportInput(seed = 1, tasks = 60): ReportInput {
  const arms: [name: string, role: NonNullable<ArmInput['role']>, about: string, success: number, recovery: number][] =
    [
      ['untrained', 'floor', 'the student before any training', 0.02, 0.1],
      ['base', 'arm', 'golden trajectories of half of the tasks', 0.3, 0.35],
      ['golden', 'arm', 'golden trajectories of all tasks', 0.36, 0.38],
      ['step', 'arm', 'golden and self-reflected trajectories, errors masked', 0.55, 0.72],
      ['step-unmasked', 'arm', 'the same, nothing masked', 0.5, 0.66],
      ['expert', 'ceiling', 'the expert that knows only what was seen', 0.97, 0.95],
    ]
  return {
    name: 'quickstart',
    runs: [{ seed, wallSeconds: 341, folder: '.' }],
    versions: { misstep: '0.1.0', node: 'v20.20.0', environment: 'alfworld 1' },
    arms: arms.map(([name, role, about, success, recovery]) => ({
      name,
      role,
      about,
      scores: ['seen', 'unseen'].map(split => ({
        split,
        file: `scores/${name}.${split}.jsonl`,
        scores: scores(name, split, split === 'seen' ? success + 0.05 : success, recovery, seed, tasks),
      })),
      ...(role === 'arm' ? { training: [training(name)] } : {}),
    })),
    comparisons: [
      { better: 'step', worse: 'golden' },
      { better: 'step', worse: 'step-unmasked' },
      { better: 'golden', worse: 'base' },
    ],
    showcase: { trajectory: reflectedTrajectory(), file: 'trajectories/explore.jsonl' },
    sources: { 'wall time': 'log.jsonl' },
  }
}
