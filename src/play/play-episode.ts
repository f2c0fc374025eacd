/**
 * One episode from its start to its end.
 * @module
 */
import type { AgentMove, Situation } from '../core/agent.ts'
import type { Episode, Misstep, Outcome, Task } from '../core/environment.ts'
import type { Actor, Step, Trajectory } from '../core/trajectory.ts'
import { wasExecuted } from '../core/trajectory.ts'
import { version } from '../core/version.ts'
import type { PlayOptions } from './play-options.ts'
import { isSpoken, reflectionIn, spoken, withdrawn, written } from './turns.ts'

/** Plays one task from its start to its end, to the step limit, or to a misstep that can no longer be put right. */
export async function playEpisode(task: Task, options: PlayOptions): Promise<Trajectory> {
  const { environment, agent, teacher, corrects = true, place = 'thought', by = 'student', seed = 0 } = options
  const { stepLimit = environment.stepLimit } = options
  const episode = await environment.start(task)
  const conversation = `${agent.name}/${task.id}`
  const watch = teacher?.watch(episode, `${seed}/${task.id}`)
  const isCareful = options.when === 'before' && corrects && watch?.consider !== undefined
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
  const used = { tokensIn: 0, tokensOut: 0, cost: undefined as number | undefined }
  let executedSteps = 0
  let isHopeless = false
  const isOver = () => episode.done || isHopeless || executedSteps >= stepLimit
  const add = (step: Step) => {
    steps.push(step)
    if (wasExecuted(step)) executedSteps++
  }

  /** The teacher's step: its thought first reflects on the error, then says what to do instead. */
  const correct = async ({ reflection, correction, hopeless }: Misstep) => {
    isHopeless = hopeless === true && !correction
    if (!correction || isOver()) return
    options.signal?.throwIfAborted()
    if (place === 'turn') add(spoken(reflection, { reward: episode.reward, by: 'teacher' }))
    const thought = place === 'turn' ? correction.thought : `${reflection} ${correction.thought}`
    const move = { thought, action: correction.action }
    const outcome = await episode.step(move.action)
    watch?.observe(move, outcome)
    // Where nothing could be tried on a fork, a teacher may err: that is written down, and so not trained on.
    const verdict = outcome.accepted ? undefined : { ok: false, kind: 'rejected' }
    add(executed(move, outcome, 'teacher', verdict))
  }

  /** What the teacher finds wrong; `undefined` once the agent's step is dealt with. */
  const makeStep = async (move: AgentMove) => {
    const foreseen = isCareful ? await watch.consider!(move, situation) : undefined
    if (foreseen?.correction) {
      add({ ...withdrawn(move, { reward: episode.reward, by }), verdict: verdictOf(foreseen) })
      return foreseen
    }
    const outcome = await episode.step(move.action)
    // What was let pass and is rejected all the same is judged like any step that was made.
    const isSettled = isCareful && (foreseen !== undefined || outcome.accepted)
    if (isSettled) watch.observe(move, outcome)
    const misstep = isSettled ? foreseen : await watch?.judge(move, outcome, situation)
    add(executed(move, outcome, by, watch && verdictOf(misstep)))
    return misstep
  }

  try {
    while (!isOver()) {
      options.signal?.throwIfAborted()
      const move = await agent.act(situation)
      used.tokensIn += move.tokensIn ?? 0
      used.tokensOut += move.tokensOut ?? 0
      if (move.cost !== undefined) used.cost = (used.cost ?? 0) + move.cost
      const reflection = place === 'turn' ? reflectionIn(move) : undefined
      const last = steps.at(-1)
      // One turn of words before a step, so that an agent that only talks comes to its end.
      if (reflection !== undefined && !(last && isSpoken(last))) {
        add(spoken(reflection, { reward: episode.reward, by }))
        continue
      }
      const misstep = await makeStep(move)
      if (misstep && corrects) await correct(misstep)
    }
    const { tokensIn, tokensOut, cost } = used
    const spent = watch?.spent?.()
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
        ...(cost !== undefined && { cost }),
        ...(spent && { teacher: spent }),
      },
    }
  } finally {
    agent.forget?.(conversation)
    await episode.close()
  }
}

function executed(move: AgentMove, outcome: Outcome, by: Actor, verdict: Step['verdict']): Step {
  return {
    ...written(move),
    observation: outcome.observation,
    reward: outcome.reward,
    done: outcome.done,
    accepted: outcome.accepted,
    by,
    ...(verdict && { verdict }),
    ...(move.shortened !== undefined && { shortened: move.shortened }),
  }
}

function verdictOf(misstep: Misstep | undefined): NonNullable<Step['verdict']> {
  if (!misstep) return { ok: true }
  const { kind, reflection, note, withheld } = misstep
  return {
    ok: false,
    kind,
    ...(reflection !== '' && { reflection }),
    ...(note !== undefined && { note }),
    ...(withheld && { withheld }),
  }
}

function outcomeOf(episode: Episode): Trajectory['outcome'] {
  if (episode.won) return 'won'
  return episode.done ? 'lost' : 'truncated'
}
