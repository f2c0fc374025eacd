/**
 * Judges each step of a SciWorld episode by the guide's plan.
 * @module
 */
import type { Misstep, Move, StepJudge } from '../../core/environment.ts'
import { UNJUDGED } from '../../core/trajectory.ts'
import { explainAnswer, readAnswer } from './answer.ts'
import { roomOf } from './house.ts'
import type { Glimpse } from './run.ts'

/** What the judge may ask of the episode. */
export interface Judged {
  readonly glimpse: Glimpse
  readonly done: boolean
  /** The number of actions that lead from here to the goal; `undefined` when no way is known. */
  distance(): Promise<number | undefined>
  correction(): Promise<Move | undefined>
}

/** What the judge remembers of the moment before a step. */
interface Before {
  glimpse: Glimpse
  distance: number | undefined
}

/**
 * A judge of the steps from this moment on. A step is right when it raises the score, brings the goal nearer, or tells
 * something new without changing anything. The step from which no way to the goal is known is hopeless. After it only what
 * raises the score is right, and what was rejected, came to nothing or was done before is wrong; nobody can tell of the rest.
 *
 * Unlike the judge of ALFWorld it knows more than the episode has shown: the way that the simulator's own solver found.
 *
 * @example
 * const judge = createJudge(episode)
 * await judge.judge({ thought: '', action: 'wait' }, await episode.step('wait')) // { kind: 'needless-wait', … }
 */
export function createJudge(episode: Judged): StepJudge {
  const states = new Set<string>()
  const answers = new Set<string>([episode.glimpse.observation])
  const remember = async (): Promise<Before> => {
    const { glimpse } = episode
    states.add(stateOf(glimpse))
    answers.add(glimpse.observation)
    return { glimpse, distance: await episode.distance() }
  }
  let before: Promise<Before> = remember()
  // A judge that is never asked must not bring down the process.
  before.catch(() => {})
  return {
    async judge({ action }) {
      const was = await before
      const { glimpse } = episode
      const isNews = !answers.has(glimpse.observation)
      const wasHere = states.has(stateOf(glimpse))
      before = remember()
      const now = await before
      const fault = findFault(action, was, now, isNews, wasHere)
      if (!fault || episode.done) return fault
      const correction = await episode.correction()
      return { ...fault, ...(correction ? { correction } : { hopeless: true }) }
    },
    observe() {
      before = remember()
      before.catch(() => {})
    },
  }
}

/** Of a step between two moments from which no way to the goal is known. */
const LOST: Misstep = {
  kind: UNJUDGED,
  reflection: '',
  note: 'No way to the goal was known before this step, nor after it.',
}

const stateOf = ({ look, inventory }: Glimpse) => `${look}\n${inventory}`

/** What is wrong with a step, if anything. */
function findFault(action: string, was: Before, now: Before, isNews: boolean, wasHere: boolean): Misstep | undefined {
  const { glimpse, distance } = now
  if (glimpse.score > was.glimpse.score) return undefined
  const isFocus = /^\s*focus\b/i.test(action)
  if (glimpse.score < 0) {
    const reflection = isFocus
      ? 'I focused on the wrong thing, and the task has failed.'
      : 'That has made the task impossible.'
    return { kind: isFocus ? 'wrong-focus' : 'failed', reflection }
  }
  const verdict = readAnswer(action, glimpse.observation, was.glimpse.request)
  if (verdict === 'rejected') {
    const reason = inFirstPerson(explainAnswer(verdict, glimpse.observation))
    return { kind: 'rejected', reflection: `That did not work. ${reason}` }
  }
  if (verdict === 'ambiguous') {
    return { kind: 'ambiguous', reflection: 'That could mean several things, so nothing was done yet.' }
  }
  if (distance !== undefined && (was.distance === undefined || distance < was.distance)) return undefined
  if (verdict === 'fruitless') return { kind: 'fruitless', reflection: 'That came to nothing.' }
  const changed = stateOf(glimpse) !== stateOf(was.glimpse)
  const isLost = distance === undefined && was.distance === undefined
  if (/^\s*wait/i.test(action) && (distance !== undefined || !changed)) {
    return { kind: 'needless-wait', reflection: 'Waiting did not help.' }
  }
  if (!changed && !isFocus) {
    if (!isNews) return { kind: 'repeated', reflection: 'That told me nothing that I did not know.' }
    return isLost ? LOST : undefined
  }
  if (wasHere && changed) return { kind: 'loop', reflection: 'Now all is as it was before.' }
  if (isLost) return LOST
  if (distance === undefined) return { kind: 'strayed', reflection: 'I see no way to the goal from here.' }
  if (isFocus) return { kind: 'wrong-focus', reflection: 'This is not what the task is about now.' }
  const [here, there] = [roomOf(glimpse.look), roomOf(was.glimpse.look)]
  if (here !== there) return { kind: 'detour', reflection: `There is nothing to do for me in the ${here} now.` }
  return { kind: 'idle', reflection: 'That did not bring me nearer to the goal.' }
}

/** The simulator speaks to the agent; a reflection is the agent's own. */
function inFirstPerson(reason: string): string {
  return reason.replace(/^You /, 'I ').replace(/^I'm not sure /, 'It is not clear ')
}
