/**
 * How a model is evaluated so that its figures can be compared with those of others.
 * @module
 */
import type { Environment, Task } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { counted } from './format.ts'
import type { Protocol, ProtocolTasks } from './protocol-definition.ts'
import { etoProtocol } from './protocol-eto.ts'

const PROTOCOLS: Readonly<Record<string, Protocol>> = { eto: etoProtocol }

/**
 * What a protocol says of an environment.
 *
 * @throws {MisstepError} `usage` when there is no such protocol, or it does not define this environment
 */
export function findProtocol(name: string, environment: string): { protocol: Protocol; tasks: ProtocolTasks } {
  const protocol = Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined
  if (!protocol) {
    throw new MisstepError('usage', 'There is no such protocol', {
      value: name,
      advice: `There is ${Object.keys(PROTOCOLS).join(', ')}.`,
    })
  }
  const tasks = Object.hasOwn(protocol.environments, environment) ? protocol.environments[environment] : undefined
  if (tasks) return { protocol, tasks }
  throw new MisstepError('usage', `The protocol ${name} is not defined for this environment`, {
    value: environment,
    advice: `It is defined for ${Object.keys(protocol.environments).join(', ')}. Leave --protocol out for others.`,
  })
}

/** The split that is played where none is named: `unseen`, or the first one of a protocol that has no such split. */
export function usualSplit(tasks?: ProtocolTasks): string {
  const names = Object.keys(tasks?.splits ?? {})
  return names.includes('unseen') ? 'unseen' : (names[0] ?? 'unseen')
}

export interface ChosenTasks {
  tasks: Task[]
  /** In what these are not the protocol's tasks. */
  differences: string[]
}

/**
 * The tasks of a split, as a protocol has them where one is given.
 *
 * @param limit only so many, from the first on
 * @throws {MisstepError} `usage` when there is no such split
 */
export async function chooseTasks(
  environment: Environment,
  split: string,
  protocol?: { name: string; tasks: ProtocolTasks },
  limit = Number.POSITIVE_INFINITY,
): Promise<ChosenTasks> {
  const defined = protocol?.tasks.splits
  const wanted = defined && Object.hasOwn(defined, split) ? defined[split] : undefined
  const named = wanted?.ids && (await findTasks(environment, wanted.ids))
  const all = named ?? (environment.splits.includes(split) ? await environment.tasks(split) : undefined)
  if (!all) throw noSplit(environment, split, protocol)
  const tasks = all.slice(0, limit)
  if (!protocol) return { tasks, differences: [] }
  return { tasks, differences: taskDifferences(protocol.name, split, tasks.length, wanted, named !== undefined) }
}

function taskDifferences(
  name: string,
  split: string,
  count: number,
  wanted: { count: number; ids?: readonly string[] } | undefined,
  areNamed: boolean,
): string[] {
  if (!wanted) return [`${name} has no split ${split}: ${counted(count, 'task')} of the environment's own`]
  if (wanted.ids && !areNamed)
    return [`${counted(count, 'task')} of the environment's own, not the ${wanted.count} of ${name}`]
  return count === wanted.count ? [] : [`${count} tasks of ${wanted.count}`]
}

/** `undefined` when one of them is not there: then the environment holds other data. */
async function findTasks(environment: Environment, ids: readonly string[]): Promise<Task[] | undefined> {
  const splits = await Promise.all(environment.splits.map(split => environment.tasks(split)))
  const known = new Map(splits.flat().map(task => [task.id, task]))
  const found = ids.flatMap(id => known.get(id) ?? [])
  return found.length === ids.length ? found : undefined
}

function noSplit({ name, splits }: Environment, split: string, protocol?: { name: string; tasks: ProtocolTasks }) {
  const ours = splits.join(', ')
  const theirs = Object.keys(protocol?.tasks.splits ?? {})
  const advice = theirs.includes(split)
    ? `The protocol ${protocol?.name} has it in other data: name them with --option. Or choose another with --split: ${ours}.`
    : `Its splits are ${ours}.${protocol ? ` Those of the protocol ${protocol.name} are ${theirs.join(', ')}.` : ''}`
  return new MisstepError('usage', `The environment ${name} has no such split`, { value: split, advice })
}
