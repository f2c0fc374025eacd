/**
 * Says what was said to another version of an environment in the words of this one.
 * @module
 */
import type { Environment } from '../core/environment.ts'
import { PROFILES } from '../environments/alfworld/profile.ts'
import type { RecordedMove } from './recording.ts'

/** Takes a recorded move, and gives it in the environment's words. */
export type Reword = (move: RecordedMove) => RecordedMove

/**
 * - ALFWorld: `put X in/on Y` until data version 2.1.1, `move X to Y` since.
 * - SciWorld: `green house` until simulator 1.1, `greenhouse` since.
 */
export function rewordFor({ name, version }: Pick<Environment, 'name' | 'version'>): Reword {
  if (name === 'alfworld' || name === 'households') {
    const profile = Object.entries(PROFILES).find(([known]) => version.startsWith(`alfworld ${known},`))
    const isOld = profile?.[1].put === 'put'
    const [from, to] = isOld
      ? [/^move (.+) to (.+)$/i, 'put $1 in/on $2']
      : [/^put (.+?) (?:in\/on|in|on) (.+)$/i, 'move $1 to $2']
    return move => ({ ...move, action: move.action.replace(from, to) })
  }
  if (name === 'sciworld' && !/^scienceworld 1\.[01]\./.test(version)) {
    const renew = (text: string) => text.replace(/\bgreen house\b/g, 'greenhouse')
    return move => ({ ...move, thought: renew(move.thought), action: renew(move.action) })
  }
  return move => move
}
