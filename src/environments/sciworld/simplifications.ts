/**
 * What may be made easier in a task.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import type { Gait } from './house.ts'

const LABELS = [
  'teleportAction',
  'openDoors',
  'openContainers',
  'selfWateringFlowerPots',
  'noElectricalAction',
] as const

/**
 * Checks simplifications as the original's wrapper does, because the simulator itself would fail the task for a wrong one.
 *
 * @param text comma separated, without blanks; `easy` alone means all but `openContainers`; empty for none
 * @returns the text, as the simulator takes it
 * @throws {MisstepError} for one that does not exist, or one that makes the kind of task impossible
 * @example
 * checkSimplifications('openDoors,teleportAction', 'boil')
 */
export function checkSimplifications(text: string, kind: string): string {
  const labels = text === '' ? [] : text.split(',')
  const unknown = labels.find(label => label !== 'easy' && !(LABELS as readonly string[]).includes(label))
  if (unknown !== undefined) {
    throw new MisstepError('usage', 'There is no such simplification of SciWorld', {
      value: unknown,
      advice: `There are easy, ${LABELS.join(', ')}; several are separated by commas, without blanks.`,
    })
  }
  if (labels.length > 1 && labels.includes('easy')) {
    throw new MisstepError('usage', 'The simplification "easy" stands alone: the simulator ignores it among others', {
      value: text,
    })
  }
  if (labels.includes('noElectricalAction') && isElectrical(kind)) {
    throw new MisstepError('usage', 'A task about electricity cannot do without electrical actions', {
      value: `${kind}: ${text}`,
    })
  }
  return text
}

/**
 * Whether a simplification is among those given.
 *
 * @example
 * isSimplified('easy', 'teleportAction') // true
 */
export function isSimplified(text: string, label: (typeof LABELS)[number]): boolean {
  return text.split(',').includes(text === 'easy' && label !== 'openContainers' ? 'easy' : label)
}

/** How one gets about with some simplifications. */
export const gaitOf = (simplifications: string): Gait => ({
  teleports: isSimplified(simplifications, 'teleportAction'),
  openDoors: isSimplified(simplifications, 'openDoors'),
})

const isElectrical = (kind: string) => kind.includes('power-component') || kind.includes('conductivity')
