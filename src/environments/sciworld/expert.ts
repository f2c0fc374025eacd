/**
 * What the guide's next action is as a move of an agent: with a thought that says why.
 * @module
 */
import type { Move, Sight } from '../../core/environment.ts'
import { readChoices } from './answer.ts'
import { isMove, roomOf } from './house.ts'
import type { Glimpse } from './run.ts'

/** What the expert has before it. */
export interface View {
  /** What the task asks. */
  instruction: string
  /** The actions that lead to the goal. */
  plan: readonly string[]
  glimpse: Glimpse
  /** Whether the present room has been looked at since the agent came in. */
  looked: boolean
  /** All that the episode has shown so far, in small letters. */
  shown: string
}

/**
 * The next move. The route itself is known beforehand with either sight; with sight `seen` the expert looks around in
 * every room that it comes into, which takes no time, and speaks of nothing that was not shown yet, so that whoever
 * learns from it has seen what it names.
 *
 * @example
 * expertMove({ instruction, plan: ['go to kitchen', 'pick up thermometer'], glimpse, looked: true, shown: '' }, 'everything')
 * // { thought: 'To pick up thermometer, I go to kitchen.', action: 'go to kitchen' }
 */
export function expertMove(view: View, sight: Sight): Move | undefined {
  const { plan, glimpse, looked } = view
  const [action] = plan
  if (action === undefined) return undefined
  const { request } = glimpse
  if (sight === 'seen' && !looked && request === undefined && !isMove(action)) {
    return { thought: 'I look around to see what is here.', action: 'look around' }
  }
  if (request !== undefined && /^\d+$/.test(action)) {
    const choice = readChoices(request)[Number(action)] ?? action
    return { thought: `I have to say which I mean: ${choice}.`, action }
  }
  return { thought: thoughtFor(action, view, sight), action }
}

function thoughtFor(action: string, { plan, instruction, shown }: View, sight: Sight): string {
  if (/^wait/.test(action)) return 'This takes time, so I wait.'
  if (/^focus on /.test(action)) return `${goalOf(instruction)}I ${action}.`
  if (!isMove(action)) return `I ${action}.`
  const aim = plan.find(later => !isMove(later))
  if (!aim) return `I ${action}.`
  const isKnown =
    sight === 'everything' ||
    aim
      .split(' ')
      .slice(1)
      .every(word => shown.includes(word.toLowerCase()))
  return isKnown ? `To ${aim}, I ${action}.` : `${goalOf(instruction)}I ${action}.`
}

/** The first thing that the task asks for, as the agent would say it, with a blank behind; saying it keeps it in mind. */
export function goalOf(instruction: string): string {
  const goal = /^Your task is to ([^.]+)\./.exec(instruction)?.[1]
  return goal ? `I have to ${goal}. ` : ''
}

/**
 * Whether the room of the latest glimpse is known from looking around, given whether the one before it was.
 *
 * @example
 * hasLooked('go to kitchen', before, after, true) // false: a new room
 */
export function hasLooked(action: string, before: Glimpse, after: Glimpse, looked: boolean): boolean {
  if (/^\s*look( around)?\s*$/i.test(action)) return true
  return looked && roomOf(before.look) === roomOf(after.look)
}
