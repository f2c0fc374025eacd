/**
 * How the conformance suite plays: random walks that can be walked again.
 * @module
 */
import assert from 'node:assert/strict'
import type { Environment, Episode, Move, Outcome, Sight, Task } from '../core/environment.ts'
import { createRandom, type Random } from '../core/random.ts'

/** A random walk through a task, and what each of its steps brought about. */
export interface Played {
  task: Task
  actions: string[]
  outcomes: Outcome[]
}

/** Actions that no environment can mean: empty, huge, control characters, other scripts, names of built-in members. */
export const nonsenseActions: readonly string[] = [
  '',
  ' \t ',
  'no such action',
  'x'.repeat(100_000),
  'two\nlines\r\n',
  '\u0000\u001b[31m\u0007',
  'ünïcödé 動作 \u{1F300} \u202E \uD800',
  '__proto__',
  'constructor',
  '{"action": null}',
]

/** Starts an episode, hands it to the body and closes it in all cases. */
export async function withEpisode<T>(
  environment: Environment,
  task: Task,
  body: (episode: Episode) => Promise<T>,
): Promise<T> {
  const episode = await environment.start(task)
  try {
    return await body(episode)
  } finally {
    await episode.close()
  }
}

/** A few tasks of each split, chosen by the seed. */
export async function sampleTasks(environment: Environment, seed: string, perSplit: number): Promise<Task[]> {
  const chosen: Task[] = []
  for (const split of environment.splits) {
    chosen.push(
      ...createRandom(seed, split)
        .shuffle(await environment.tasks(split))
        .slice(0, perSplit),
    )
  }
  return chosen
}

/** Walks at random: mostly admissible actions, now and then the expert's, now and then nonsense. */
export async function playAtRandom(
  environment: Environment,
  task: Task,
  random: Random,
  steps: number,
): Promise<Played> {
  return withEpisode(environment, task, async episode => {
    assert.ok(!episode.done && !episode.won, `${task.id}: it is over before the first step`)
    const played: Played = { task, actions: [], outcomes: [] }
    while (!episode.done && played.actions.length < steps) {
      const action = await chooseAction(episode, random)
      played.actions.push(action)
      played.outcomes.push(await episode.step(action))
    }
    return played
  })
}

async function chooseAction(episode: Episode, random: Random): Promise<string> {
  const admissible = episode.admissible?.() ?? []
  const nonsense = random.pick(nonsenseActions)
  if (random.chance(0.15)) return nonsense
  if (admissible.length > 0 && random.chance(0.7)) return random.pick(admissible)
  return (await episode.expert?.('everything'))?.action ?? (admissible.length > 0 ? random.pick(admissible) : nonsense)
}

/** Takes the actions in order; returns what each brought about. */
export async function replay(episode: Episode, actions: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const action of actions) outcomes.push(await episode.step(action))
  return outcomes
}

/** Lets the expert play until it is over, it knows no way or the limit is reached; returns the steps taken. */
export async function playExpert(
  episode: Episode,
  sight: Sight,
  limit: number,
  onStep: (move: Move, outcome: Outcome) => Promise<void> = async () => {},
): Promise<number> {
  let taken = 0
  while (!episode.done && taken < limit) {
    const move = await episode.expert?.(sight)
    if (!move) break
    await onStep(move, await episode.step(move.action))
    taken++
  }
  return taken
}
