/**
 * Reads from the simulator's answer whether it did what was asked.
 * @module
 */

export type Verdict = 'done' | 'rejected' | 'ambiguous' | 'fruitless'

/** What the simulator says when its check before an action fails (`isValidAction` of its actions, 1.1.3 to 1.3.0). */
const REJECTED = [
  /^No known action matches that input\.$/,
  /^Unknown action\. /,
  /^It'?s not clear how /,
  /^I'm not sure (?:what that means|how to use the|how to pour)/,
  /^You can't (?:dunk something into itself|pick up a (?:gas|liquid)|pour a gas)/,
  /^(?:That|Something) can't be (?:moved there|connected)/,
  /^Connections must specify /,
  /^You must disconnect entire objects /,
  /^That (?:is already flushing|object (?:already appears|does not appear))/,
  /^The door doesn't appear to go anywhere\.$/,
  /is already (?:open|closed|activated|deactivated)\.$/,
  /is already connected, and must be disconnected/,
  /is not (?:something that can be activated|openable|closeable|move?able|edible|a container|open)\.?$/,
  /isn't open(?:, so you can't see inside)?\.$/,
  /(?:aren't able to move|does not contain any liquids to dunk into)\.$/,
  /can't be poured out/,
  /is empty, so there's nothing to pour\.$/,
  /^<ERROR/,
]

/** What it says when the action passed the check, took its time and came to nothing. */
const FRUITLESS = [
  /^I'm not sure how to use those two things together\.$/,
  /appears broken, and can't be activated or deactivated\.$/,
  /does not appear to produce anything new\.$/,
  /^That container is empty, so there are no items to mix\.$/,
  /^There is only one thing /,
  /^You can't move something into itself\.$/,
]

/**
 * - `rejected`: the simulator would not do it.
 * - `ambiguous`: several things could be meant; it waits for a number, and drops anything else.
 * - `fruitless`: it was done in vain. The simulator counts such actions among the valid ones. So was the number that
 *   answers a request, where the simulator would not do what it stands for: the request at least is dealt with.
 *
 * @param request what the simulator asked before, where it waited for a number
 * @example
 * readAnswer('open door to kitchen', 'The door is already open.') // 'rejected'
 */
export function readAnswer(action: string, observation: string, request?: string): Verdict {
  if (/^Ambiguous request: /.test(observation)) return 'ambiguous'
  // Moving is checked beforehand, pouring is not.
  if (/^You can't move something into itself\.$/.test(observation) && !/^\s*pour\b/i.test(action)) return 'rejected'
  if (FRUITLESS.some(pattern => pattern.test(observation))) return 'fruitless'
  if (!REJECTED.some(pattern => pattern.test(observation))) return 'done'
  return answers(action, request) ? 'fruitless' : 'rejected'
}

/** Whether an action passed the simulator's check, even if nothing came of it. */
export const isAccepted = (verdict: Verdict): boolean => verdict === 'done' || verdict === 'fruitless'

/**
 * Why an action was not accepted, for people, teachers and reports.
 *
 * @example
 * explainAnswer('ambiguous', 'Ambiguous request: …') // 'Several things could be meant; …'
 */
export function explainAnswer(verdict: Verdict, observation: string): string {
  if (verdict === 'ambiguous') return 'Several things could be meant; only the number of one of them is an answer now.'
  if (/^Unknown action\. /.test(observation)) return 'There is no such action.'
  if (/^No known action/.test(observation)) return 'There is no such action, or nothing of that name here.'
  return observation.split('\n')[0]!.trim()
}

/**
 * The choices of an ambiguous request, in order: what each number stands for.
 *
 * @example
 * readChoices(observation)[0] // 'open door between hallway and kitchen (in hallway)'
 */
export function readChoices(observation: string): string[] {
  return [...observation.matchAll(/^\d+:\t(.*)$/gm)].map(([, choice]) => choice!.trim())
}

/**
 * The request that waits for a number after an action, if any. Anything else cancels it as an unknown action, but for the
 * few words that are answered at any time, such as `task`.
 *
 * @param request the one that waited before the action
 * @example
 * requestAfter('open door', observation, undefined) // 'Ambiguous request: …'
 */
export function requestAfter(action: string, observation: string, request: string | undefined): string | undefined {
  if (readAnswer(action, observation) === 'ambiguous') return observation
  return answers(action, request) || /^Unknown action\. /.test(observation) ? undefined : request
}

const answers = (action: string, request = '') => /^\d+$/.test(action) && Number(action) < readChoices(request).length
