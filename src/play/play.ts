/**
 * The one loop that plays episodes: golden data, exploring with a teacher and evaluation are all this loop.
 * @module
 */
import type { Agent, Situation, Teacher } from '../core/agent.ts'
import type { Environment, Episode, Misstep, Move, Task } from '../core/environment.ts'
import type { Actor, Step, Trajectory } from '../core/trajectory.ts'
import { version } from '../core/version.ts'

export interface PlayOptions {
  environment: Environment
  tasks: readonly Task[]
  agent: Agent
  /** Whom the agent's steps are written down for. Default: `student`. */
  by?: Actor
  /** Watches each step of the agent, and corrects those that are wrong. */
  teacher?: Teacher
  /** False: the teacher's verdicts are written down, but it never steps in. Default: true. */
  corrects?: boolean
  /** Most steps of an episode, the teacher's included. Default: the environment's own. */
  stepLimit?: number
  /** Episodes that are open at once. Default: 64. */
  episodesAtOnce?: number
  /** Fixes all that is left to chance, together with the task's id. Default: 0. */
  seed?: number | string
  /** The recipe's name, for provenance. */
  recipe?: string
  /** No new episode is started once it is aborted; those under way are dropped. */
  signal?: AbortSignal
}

/**
 * Plays the tasks, many at once, and yields each trajectory as it ends.
 * The same options give the same trajectories; only their order of arrival depends on the company.
 *
 * @example
 * for await (const trajectory of play({ environment, tasks, agent })) console.log(trajectory.outcome)
 */
export async function* play(options: PlayOptions): AsyncGenerator<Trajectory, void, undefined> {
  const waiting = [...options.tasks].reverse()
  const running = new Map<Task, Promise<[Task, Trajectory]>>()
  const { episodesAtOnce = 64, signal } = options
  try {
    while (waiting.length > 0 || running.size > 0) {
      signal?.throwIfAborted()
      while (waiting.length > 0 && running.size < episodesAtOnce) {
        const task = waiting.pop()!
        running.set(
          task,
          playEpisode(task, options).then(trajectory => [task, trajectory]),
        )
      }
      const [task, trajectory] = await Promise.race(running.values())
      running.delete(task)
      yield trajectory
    }
  } finally {
    // Whoever stops listening must not be met by the failures of episodes that nobody waits for.
    for (const episode of running.values()) episode.catch(() => {})
  }
}

/** Plays one task from its start to its end or to the step limit. */
export async function playEpisode(task: Task, options: PlayOptions): Promise<Trajectory> {
  const { environment, agent, teacher, corrects = true, stepLimit = environment.stepLimit, seed = 0 } = options
  const episode = await environment.start(task)
  const conversation = `${agent.name}/${task.id}`
  const watch = teacher?.watch(episode, `${seed}/${task.id}`)
  const steps: Step[] = []
  const situation: Situation = {
    task,
    instruction: episode.instruction,
    opening: episode.observation,
    steps,
    conversation,
    seed: `${seed}/${task.id}`,
    episode,
  }
  let tokensIn = 0
  let tokensOut = 0
  let correction: Move | undefined
  try {
    while (!episode.done && steps.length < stepLimit) {
      options.signal?.throwIfAborted()
      const byTeacher = correction !== undefined
      const move: Awaited<ReturnType<Agent['act']>> = correction ?? (await agent.act(situation))
      correction = undefined
      const outcome = await episode.step(move.action)
      let misstep: Misstep | undefined
      if (byTeacher) watch?.observe(move, outcome)
      else misstep = await watch?.judge(move, outcome, situation)
      tokensIn += move.tokensIn ?? 0
      tokensOut += move.tokensOut ?? 0
      steps.push({
        thought: move.thought,
        action: move.action,
        ...(move.text !== undefined && { text: move.text }),
        observation: outcome.observation,
        reward: outcome.reward,
        done: outcome.done,
        accepted: outcome.accepted,
        by: byTeacher ? 'teacher' : (options.by ?? 'student'),
        ...(watch && !byTeacher && { verdict: verdictOf(misstep) }),
      })
      if (misstep?.correction && corrects) correction = reflected(misstep, misstep.correction)
    }
    return {
      id: task.id,
      task: { id: task.id, environment: task.environment, split: task.split, kind: task.kind },
      agent: agent.name,
      ...(teacher && { teacher: teacher.name }),
      instruction: situation.instruction,
      opening: situation.opening,
      steps,
      outcome: outcomeOf(episode),
      reward: episode.reward,
      provenance: {
        seed,
        ...(options.recipe !== undefined && { recipe: options.recipe }),
        ...(agent.model !== undefined && { model: agent.model }),
        ...(agent.checkpoint !== undefined && { checkpoint: agent.checkpoint }),
        environment: environment.version,
        misstep: version,
        tokensIn,
        tokensOut,
      },
    }
  } finally {
    agent.forget?.(conversation)
    await episode.close()
  }
}

function verdictOf(misstep: Misstep | undefined): NonNullable<Step['verdict']> {
  return misstep ? { ok: false, kind: misstep.kind, reflection: misstep.reflection } : { ok: true }
}

/** The corrected step: its thought first reflects on the error, then says what to do instead. */
function reflected(misstep: Misstep, correction: Move): Move {
  return { thought: `${misstep.reflection} ${correction.thought}`, action: correction.action }
}

function outcomeOf(episode: Episode): Trajectory['outcome'] {
  if (episode.won) return 'won'
  return episode.done ? 'lost' : 'truncated'
}
