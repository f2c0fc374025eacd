/**
 * Which tasks belong to which split: the benchmark's own splits, and those of ETO.
 * @module
 */
import type { Task } from '../../core/environment.ts'
import { MisstepError } from '../../core/errors.ts'
import { ETO_SPLITS } from './eto-splits.ts'
import { findTaskKind, TASK_KINDS } from './task-kinds.ts'

/**
 * - `official`: `train`, `dev`, `test` of all 7,207 variations.
 * - `eto`: `train`, `seen`, `unseen` of 24 kinds, as Song et al. 2024 and those after them report.
 */
export type SplitsName = 'official' | 'eto'

export const SPLIT_NAMES: Readonly<Record<SplitsName, readonly string[]>> = {
  official: ['train', 'dev', 'test'],
  eto: ['train', 'seen', 'unseen'],
}

/**
 * The tasks of a split in the paper's order of kinds, then by variation. An id such as `train/boil/0` begins with the
 * split, for 54 of the 194 tasks that ETO calls seen are also among its train tasks.
 *
 * @param kinds only these; default: all that the split has
 * @throws {MisstepError} when there is no such split or kind
 * @example
 * listTasks('eto', 'unseen', ['boil']).length // 9
 */
export function listTasks(splits: SplitsName, split: string, kinds?: readonly string[]): Task[] {
  if (!SPLIT_NAMES[splits].includes(split)) {
    throw new MisstepError('usage', 'SciWorld has no such split', {
      value: split,
      advice: `There are ${SPLIT_NAMES[splits].join(', ')}.`,
    })
  }
  const wanted = kinds && new Set(kinds.map(kind => findTaskKind(kind).name))
  return TASK_KINDS.filter(({ name }) => !wanted || wanted.has(name)).flatMap(({ name, variations }) =>
    variationsOf(splits, split, name, variations).map(variation => ({
      id: `${split}/${name}/${variation}`,
      environment: 'sciworld',
      split,
      kind: name,
    })),
  )
}

/**
 * The kind and the variation that a task's id names.
 *
 * @throws {MisstepError} when it names none
 * @example
 * readTaskId('unseen/boil/21') // { kind: 'boil', variation: 21 }
 */
export function readTaskId(id: string): { kind: string; variation: number } {
  const [, name, digits] = /^(?:[^/]*\/)?([^/]+)\/(\d+)$/.exec(id) ?? []
  if (name === undefined) {
    throw new MisstepError('usage', 'This is no task of SciWorld', {
      value: id,
      advice: 'A task is named by its split, kind and variation: train/boil/0.',
    })
  }
  const kind = findTaskKind(name)
  const variation = Number(digits)
  if (variation < kind.variations) return { kind: kind.name, variation }
  throw new MisstepError('usage', `${kind.name} has no such variation`, {
    value: variation,
    advice: `They are numbered from 0 to ${kind.variations - 1}.`,
  })
}

/** What to know of splits that are compared: which of their tasks are also trained on. */
export function remarksOn(splits: SplitsName, kinds?: readonly string[]): string[] {
  const withoutSplit = ({ id }: Task) => id.slice(id.indexOf('/'))
  const trained = new Set(listTasks(splits, 'train', kinds).map(withoutSplit))
  return SPLIT_NAMES[splits].slice(1).flatMap(split => {
    const tasks = listTasks(splits, split, kinds)
    const shared = tasks.filter(task => trained.has(withoutSplit(task))).length
    if (shared === 0) return []
    return [`${shared} of the ${tasks.length} tasks of ${split} are also in train: so ETO made its splits`]
  })
}

function variationsOf(splits: SplitsName, split: string, name: string, count: number): number[] {
  if (splits === 'eto') {
    const ranges: Readonly<Record<string, string>> = ETO_SPLITS[split as keyof typeof ETO_SPLITS]
    return (ranges[name]?.split(' ') ?? []).flatMap(range => {
      const [first, last = first] = range.split('-').map(Number)
      return upTo(first!, last! + 1)
    })
  }
  // As the simulator does: four groups, of which train has two; what is left over goes to test.
  const group = Math.floor(count / 4)
  if (split === 'train') return upTo(0, 2 * group)
  return split === 'dev' ? upTo(2 * group, 3 * group) : upTo(3 * group, count)
}

const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
