/**
 * Finds the task that a recording is of.
 * @module
 */
import type { Environment, Task } from '../core/environment.ts'
import { findTaskKind } from '../environments/sciworld/task-kinds.ts'
import { plainText } from './plain-text.ts'
import type { Reason, Recording, TaskHints } from './recording.ts'

/** Of more, a replay would find one that fits by chance. */
const MOST_CANDIDATES = 20
/** Episodes that are opened at once to read their texts. */
const OPEN_AT_ONCE = 8

export type Found = { tasks: Task[] } | { reason: Reason; detail?: string }

/** How the tasks of one split begin. */
interface Beginning {
  task: Task
  instruction: string
  opening: string
}

/**
 * Finds tasks by what a record says of them; where it says nothing, by the instruction and the first observation among
 * what the agent was told, for which every task of the environment is opened once.
 *
 * @returns a function that gives the tasks that a recording may be of
 * @example
 * const find = await createTaskFinder(environment)
 * const found = await find(recording)
 */
export async function createTaskFinder(environment: Environment): Promise<(recording: Recording) => Promise<Found>> {
  const splits = new Map<string, Task[]>()
  for (const split of environment.splits) splits.set(split, await environment.tasks(split))
  const tasks = [...splits.values()].flat()
  const byEnd = new Map<string, Task[]>()
  const add = (end: string, task: Task) => byEnd.set(end, [...(byEnd.get(end) ?? []), task])
  for (const task of tasks) {
    const parts = task.id.split('/')
    for (let from = 0; from < Math.max(1, parts.length - 1); from++) add(parts.slice(from).join('/'), task)
  }
  /** Small splits first: opening a large one takes long. */
  const bySize = [...splits.values()].sort((a, b) => a.length - b.length)
  const beginnings = new Map<Task[], Promise<Beginning[]>>()

  const byText = async (before: string): Promise<Found> => {
    const told = plainText(before)
    if (told === '') return { reason: 'no-task' }
    for (const split of bySize) {
      if (!beginnings.has(split)) beginnings.set(split, readBeginnings(environment, split))
      const asked = (await beginnings.get(split)!).filter(({ instruction }) => told.includes(instruction))
      const seen = asked.filter(({ opening }) => told.includes(opening))
      const fitting = seen.length > 0 ? seen : asked
      if (fitting.length > MOST_CANDIDATES) return { reason: 'ambiguous-task', detail: `${fitting.length} tasks fit` }
      if (fitting.length > 0) return { tasks: fitting.map(({ task }) => task) }
    }
    return { reason: 'no-task' }
  }

  return async ({ hints, before }) => {
    const named = byName(hints, environment.name, tasks)
    if (named) return named
    const found = new Set(
      hints.ids.flatMap(
        id =>
          ends(id)
            .map(end => byEnd.get(end) ?? [])
            .find(tasks => tasks.length > 0) ?? [],
      ),
    )
    if (found.size > MOST_CANDIDATES) return { reason: 'ambiguous-task', detail: `${found.size} tasks fit` }
    if (found.size > 0) return { tasks: [...found] }
    const game = hints.ids.find(id => /\/trial_\w+/.test(id))
    return game === undefined ? byText(before) : { reason: 'unknown-task', detail: game.slice(0, 160) }
  }
}

/** By what is a name only in one of the benchmarks. */
function byName({ goal, variation }: TaskHints, environment: string, tasks: readonly Task[]): Found | undefined {
  const known = (found: Task | undefined, what: string): Found =>
    found ? { tasks: [found] } : { reason: 'unknown-task', detail: what }
  if (environment === 'webshop' && goal !== undefined) {
    return known(
      tasks.find(({ id }) => id.endsWith(`-${goal}`)),
      `goal ${goal}`,
    )
  }
  if (environment !== 'sciworld' || !variation) return undefined
  const kind = kindOf(variation.kind)
  return known(
    tasks.find(task => task.kind === kind && task.id.endsWith(`/${variation.number}`)),
    `${variation.kind.slice(0, 80)} ${variation.number}`,
  )
}

function kindOf(name: string): string | undefined {
  try {
    return findTaskKind(name).name
  } catch {
    return undefined
  }
}

/** A name, and the ends of it that may be an id: the path of a game ends in `train/pick…/trial…/game.tw-pddl`. */
function ends(name: string): string[] {
  const path = name.replaceAll('\\', '/').replace(/\/(?:game\.tw-pddl|initial_state\.pddl|traj_data\.json)$/, '')
  const parts = path.split('/')
  return [path, ...[3, 2].filter(count => count < parts.length).map(count => parts.slice(-count).join('/'))]
}

async function readBeginnings(environment: Environment, tasks: readonly Task[]): Promise<Beginning[]> {
  const read: Beginning[] = []
  const waiting = tasks.entries()
  const reader = async () => {
    for (const [index, task] of waiting) {
      const episode = await environment.start(task)
      read[index] = { task, instruction: plainText(episode.instruction), opening: plainText(episode.observation) }
      await episode.close()
    }
  }
  await Promise.all(Array.from({ length: OPEN_AT_ONCE }, reader))
  return read
}
