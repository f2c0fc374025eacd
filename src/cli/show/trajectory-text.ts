/**
 * A trajectory for the eye.
 * @module
 */
import colors from 'picocolors'
import { type Actor, type Step, type Trajectory, wasExecuted } from '../../core/trajectory.ts'
import { carriesLoss } from '../../render/mask.ts'
import { safeBlock, safeText } from '../safe-text.ts'

const ACTOR: Record<Actor, (text: string) => string> = {
  student: colors.cyan,
  teacher: colors.magenta,
  expert: colors.green,
}
const INDENT = 4

/**
 * A trajectory as lines of text: who acted in each step, the teacher's verdict, and what partial masking leaves out,
 * dimmed.
 *
 * @example
 * console.log(trajectoryText(trajectory))
 */
export function trajectoryText(trajectory: Trajectory): string {
  const { task, agent, teacher, outcome, reward, steps } = trajectory
  const result = outcome === 'won' ? colors.green(outcome) : colors.red(outcome)
  const head = [
    colors.bold(safeText(trajectory.id)),
    `${safeText(`${task.environment}, ${task.split}, ${task.kind}`)}: ${result}, reward ${reward}, ${steps.length} steps`,
    colors.dim(safeText(`played by ${agent}${teacher === undefined ? '' : `, watched by ${teacher}`}`)),
    '',
    safeText(trajectory.opening),
    ...(trajectory.opening.includes(trajectory.instruction) ? [] : [colors.bold(safeText(trajectory.instruction))]),
  ]
  return [...head, ...steps.map((step, index) => stepText(step, index))].join('\n')
}

function stepText(step: Step, index: number): string {
  const { by, verdict, thought, action, text, observation, accepted } = step
  const trained = carriesLoss(step, 'errors')
  const marks = [
    ACTOR[by](by),
    ...(verdict?.ok === false ? [colors.red(`error: ${safeText(verdict.kind ?? 'unnamed')}`)] : []),
    ...(wasExecuted(step) ? [] : [colors.yellow('not executed')]),
    ...(accepted ? [] : [colors.yellow('not accepted')]),
    ...(trained ? [] : [colors.dim('masked: no loss')]),
  ]
  const masked = trained ? (text: string) => text : colors.dim
  const pad = ' '.repeat(INDENT)
  const shownAction = trained ? colors.bold(safeBlock(action, INDENT)) : safeBlock(action, INDENT)
  // A turn of words only has no action.
  const written =
    action === '' && text !== undefined
      ? [safeBlock(text, INDENT)]
      : [`Thought: ${safeBlock(thought, INDENT)}`, `Action: ${shownAction}`]
  const lines = [
    `\n${String(index + 1).padStart(INDENT - 2)}  ${marks.join(', ')}`,
    ...written.map(line => pad + masked(line)),
    `${pad}${safeBlock(observation, INDENT)}`,
  ]
  if (verdict?.reflection !== undefined) {
    lines.push(`${pad}${colors.red(`Verdict: ${safeBlock(verdict.reflection, INDENT)}`)}`)
  }
  if (verdict?.note !== undefined) lines.push(`${pad}${colors.dim(safeBlock(verdict.note, INDENT))}`)
  return lines.join('\n')
}
