/**
 * What a training can go on from.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TrainEvent, trainEventSchema } from '../../core/engine.ts'
import { parseJson } from '../../core/parse-json.ts'
import { OUTPUT_FOLDER } from './state-files.ts'
import { EVENTS_FILE, SAVED_FILE } from './train-script.ts'

/**
 * The newest checkpoint of TRL's that is whole, and its step. One without our file was cut off in the middle.
 *
 * @param folder the state folder
 */
export function newestState(folder: string): { path: string; step: number } | undefined {
  const output = join(folder, OUTPUT_FOLDER)
  const names = existsSync(output) ? readdirSync(output) : []
  const states = names.flatMap(name => {
    const step = Number(/^checkpoint-(\d+)$/.exec(name)?.[1] ?? Number.NaN)
    const path = join(output, name)
    return Number.isInteger(step) && isWhole(join(path, SAVED_FILE), step) ? [{ path, step }] : []
  })
  return states.sort((left, right) => right.step - left.step)[0]
}

function isWhole(file: string, step: number): boolean {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { step?: unknown }).step === step
  } catch {
    return false
  }
}

/** The steps up to a saved one, as they were told; whoever listened may have died before it heard the last of them. */
export function eventsUpTo(folder: string, step: number): TrainEvent[] {
  const file = join(folder, EVENTS_FILE)
  const events = new Map<number, TrainEvent>()
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    // None where a line was cut off: its step came after the last save, so it is told again.
    const event = trainEventSchema.safeParse(parseJson(line)).data
    if (event && event.step <= step) events.set(event.step, event)
  }
  return [...events.values()].sort((left, right) => left.step - right.step)
}
