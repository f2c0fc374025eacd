/**
 * Tells an agent which commands there are.
 * @module
 */
import { PROFILES, type Profile } from './profile.ts'

/** How observations begin that a model likes to make up. */
export const OBSERVATION_STARTS = ['\nYou arrive at ', '\nOn the ', '\nNothing happens']

/**
 * The commands in a profile's wording, a line each.
 *
 * @example
 * commandsOf('2.1.3') // 'You are in a household and solve a task there, … move <object> to <receptacle> …'
 */
export function commandsOf(profile: Profile): string {
  const { put, joint } = PROFILES[profile]
  return `You are in a household and solve a task there, one command at a time. The commands, with names just as you see them:
look
inventory
go to <receptacle>
open <receptacle>
close <receptacle>
examine <receptacle or held object>
take <object> from <receptacle>
${put} <object>${joint}<receptacle>
use <lamp>
clean <object> with <sinkbasin>
heat <object> with <microwave>
cool <object> with <fridge>
slice <object> with <knife>
You hold one object at a time. "Nothing happens." means that a command was not valid.`
}
