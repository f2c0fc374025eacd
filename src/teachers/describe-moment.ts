/**
 * A moment of an episode as a teacher reads it: just what the student has seen, and more only where that is asked for.
 * @module
 */
import type { AgentMove, Situation } from '../core/agent.ts'
import type { Episode, Outcome } from '../core/environment.ts'
import type { Step } from '../core/trajectory.ts'
import { stepText } from '../render/react.ts'
import type { Place } from './teacher-prompt.ts'

export interface Moment {
  situation: Situation
  move: AgentMove
  /** Absent before the move is made. */
  outcome: Outcome | undefined
}

export interface DescribeOptions {
  /** What the environment tells an agent before its first episode. */
  rules: string
  /** For a teacher that sees everything. */
  hints: string
  /** Most characters of the history; the oldest steps are left out. */
  room: number
}

/** What goes into the places of a teacher's prompt. */
export function describeMoment({ situation, move, outcome }: Moment, options: DescribeOptions): Record<Place, string> {
  const { instruction, opening, steps } = situation
  return {
    rules: options.rules,
    task: opening.includes(instruction) ? opening : `${instruction}\n\n${opening}`,
    history: describeHistory(steps, options.room),
    step: `${stepText(move)}\n${describeOutcome(outcome)}`,
    hints: options.hints,
    moment: outcome
      ? 'The wrong step has been done and stays done: the correction comes after it.'
      : 'The step has not been done yet: the correction is done in its place.',
  }
}

/** What a teacher that sees everything is told besides. */
export async function describeHints(episode: Episode, outcome: Outcome | undefined): Promise<string> {
  if (episode.done) return ''
  const admissible = episode.admissible?.() ?? []
  const expert = await episode.expert?.('everything')
  const known = [
    outcome?.accepted === false ? `Why the environment did not accept the step: ${outcome.reason ?? 'unknown'}` : '',
    admissible.length > 0 ? `Possible now: ${cut(admissible.join('; '), MOST_ADMISSIBLE)}` : '',
    expert ? `One who knows everything would now do: ${expert.action}` : '',
  ]
  const lines = known.filter(line => line !== '')
  return lines.length === 0 ? '' : ['', '=== What the learner does not know', ...lines].join('\n')
}

const MOST_ADMISSIBLE = 4000

function describeHistory(steps: readonly Step[], room: number): string {
  if (steps.length === 0) return '(nothing yet)'
  const told: string[] = []
  // The line that says how much is missing takes its room too.
  let left = room - 50
  for (const [index, step] of [...steps.entries()].reverse()) {
    const who = step.by === 'teacher' ? ' (your correction)' : ''
    const text = `Step ${index + 1}${who}\n${stepText(step)}\nObservation: ${step.observation}`
    left -= text.length + 2
    if (left < 0) break
    told.unshift(text)
  }
  const missing = steps.length - told.length
  return [...(missing > 0 ? [`(The first ${missing} steps are left out.)`] : []), ...told].join('\n\n')
}

function describeOutcome(outcome: Outcome | undefined): string {
  if (!outcome) return '(It has not been done yet.)'
  return `Observation: ${outcome.observation}${outcome.done ? '\n(With this step the episode has ended.)' : ''}`
}

/** A text of at most so many characters. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}
