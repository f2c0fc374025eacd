/**
 * Households of our own: an endless supply of solvable games in the engine of ALFWorld, with no download.
 * @module
 */
import { defineEnvironment, type Environment, type Task } from '../../core/environment.ts'
import { MisstepError } from '../../core/errors.ts'
import { commandsOf, OBSERVATION_STARTS } from '../alfworld/commands-of.ts'
import { createGameEpisode } from '../alfworld/game-episode.ts'
import { generateGame, kindOf } from './generate.ts'
import { createLayouts } from './layout.ts'

export interface HouseholdsOptions {
  /** Tasks that each split lists. Default: 10,000. */
  tasks?: number
  /** Most receptacles of one type in a room, 2 or more. Default: 3 (the benchmark's rooms have up to 27 cabinets). */
  most?: number
}

/**
 * Four splits: `train` and `seen` share their layouts (with other things in other places), `dev` and `unseen` have
 * layouts of their own, with other receptacles than any layout of the rest.
 *
 * @example
 * const households = createHouseholds()
 * const [task] = await households.tasks('unseen')
 * const episode = await households.start(task)
 */
export function createHouseholds(options: HouseholdsOptions = {}): Environment {
  const { tasks = 10_000, most = 3 } = options
  const layouts = createLayouts(most)
  return defineEnvironment({
    name: 'households',
    splits: ['train', 'seen', 'dev', 'unseen'],
    version: `households 1, most ${most}`,
    prompt: '',
    guide: commandsOf('2.1.3'),
    stop: OBSERVATION_STARTS,
    stepLimit: 40,
    tasks: async split => Array.from({ length: tasks }, (_, index) => householdTask(split, index)),
    start: async task => {
      const index = /^\w+-(\d+)$/.exec(task.id)?.[1]
      if (index === undefined) {
        throw new MisstepError('environment', 'No such household', {
          value: task.id,
          advice: 'Names are like "train-000012".',
        })
      }
      return createGameEpisode(generateGame(layouts, task.split, Number(index)))
    },
    close: async () => {},
  })
}

/** The task number `index` of a split; there is no last one. */
export function householdTask(split: string, index: number): Task {
  return {
    id: `${split}-${String(index).padStart(6, '0')}`,
    environment: 'households',
    split,
    kind: kindOf(split, index),
  }
}
