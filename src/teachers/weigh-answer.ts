/**
 * Decides whether a teacher's answer can stand: it is well-formed, does not contradict what is known, and what it wants
 * done can be done.
 * @module
 */
import type { AgentMove, ChatAnswer } from '../core/agent.ts'
import type { Episode, Misstep, Outcome } from '../core/environment.ts'
import { cut } from './describe-moment.ts'
import { readTeacherAnswer } from './teacher-answer.ts'
import { tryOnFork } from './try-on-fork.ts'

/** Where the judgement of one step has come to, after all answers so far. */
export interface Weighed {
  /** What is wrong with the step; absent where it is right, or where nothing that stands was said. */
  misstep?: Misstep
  /** Why the teacher is to be asked again, in words for it; absent where the answer stands. */
  fault?: string
  /** Corrections that could not be made. */
  withheld?: NonNullable<Misstep['withheld']>
}

/** The step that is judged; `outcome` is absent before it is made. */
export interface Judged {
  episode: Episode
  move: AgentMove
  outcome: Outcome | undefined
}

/**
 * Weighs one more answer on the same step.
 *
 * @param before what the answers before it came to
 */
export async function weighAnswer(
  said: Pick<ChatAnswer, 'text' | 'finish'>,
  { episode, move, outcome }: Judged,
  before: Weighed,
): Promise<Weighed> {
  const answer = readTeacherAnswer(said, episode.done)
  if (answer.verdict === 'malformed') return { ...before, fault: `Your answer cannot be used. ${answer.fault}` }
  if (answer.verdict === 'right') {
    const { misstep: _, ...unsure } = before
    // Whoever gives in because no correction was found has not judged: such a step is never right.
    if (before.withheld) return { ...unsure, fault: 'You called this step wrong before.' }
    if (outcome?.accepted !== false) return {}
    return { ...before, fault: 'The environment did not accept this step, so it cannot be right.' }
  }
  const { reflection, correction } = answer
  const kind = outcome?.accepted === false ? 'rejected' : 'wrong'
  const withheld = before.withheld
  const wrong: Misstep = { kind, reflection, ...(withheld && { withheld }) }
  if (episode.done) return { misstep: wrong }
  const refusal = await refusalOf(episode, correction.action, outcome ? undefined : move.action)
  if (refusal === undefined) return { misstep: { ...wrong, correction } }
  const refused = [...(withheld ?? []), { action: correction.action, reason: cut(refusal, 300) }]
  return {
    misstep: { ...wrong, withheld: refused },
    withheld: refused,
    fault: `Your correction "${correction.action}" was tried: ${refusal}\nThe step stays wrong. Find another correction.`,
  }
}

/** Why a correction cannot be made; `undefined` when it can. */
async function refusalOf(episode: Episode, action: string, instead: string | undefined): Promise<string | undefined> {
  if (action === instead) return 'it is the very step that you called wrong.'
  const trial = await tryOnFork(episode, action)
  return trial?.accepted === false ? `the environment does not accept it. It answers: ${trial.observation}` : undefined
}
