/**
 * One run of the simulator through a task, whichever machine it happens to be on.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { hashText } from '../../store/hash.ts'
import { requestAfter } from './answer.ts'
import { MachineLost } from './machine.ts'
import type { Holder, Seat } from './seats.ts'

/** What a run begins with. */
export interface Setup {
  task: string
  variation: number
  /** As the simulator takes them: comma separated, or `easy`. */
  simplifications: string
  /** Whether all valid actions are listed after each step, as the original's wrapper does; of several at once, after the last. */
  valid: boolean
}

/** What is to be seen after an action. */
export interface Glimpse {
  observation: string
  /** From -1 (failed) to 1. */
  score: number
  /** Whether the simulator has ended the task. */
  completed: boolean
  /** The time that has passed; not the same as the number of actions. */
  moves: number
  /** What looking around would answer, and the inventory; neither takes time. */
  look: string
  inventory: string
  /** What the simulator asked, while it waits for a number. */
  request?: string
  /** All actions that would work now. */
  valid?: string[]
}

export interface Run {
  /** What the task asks. */
  readonly description: string
  /** The latest glimpse; before the first action, that of `look around`. */
  readonly glimpse: Glimpse
  /** The actions taken. */
  readonly actions: readonly string[]
  /** @throws {MisstepError} when not the action but the simulator fails; the run is over then */
  step(action: string): Promise<Glimpse>
  /** What would come of some actions, one after the other; this run stays where it is. */
  preview(actions: readonly string[]): Promise<Glimpse[]>
  /** A run of its own that is at the same point. */
  fork(): Run
  close(): void
}

/** The machines, as a run sees them. */
export interface Host {
  take(holder: Holder): Promise<Seat>
  leave(seat: Seat): void
  rest(seat: Seat): void
  /** Does some work on a machine that nobody else is on. */
  alone<T>(work: (seat: Seat) => Promise<T>): Promise<T>
}

/** Enough to come to the same point again, and to know that it is the same. */
interface Past {
  description: string
  /** With the first `look around`. */
  actions: readonly string[]
  digest: string
  glimpse: Glimpse
}

/**
 * Loads a task and looks around.
 *
 * @throws {MisstepError} when the simulator does not know the task, or fails
 * @example
 * const run = await startRun(host, { task: 'boil', variation: 0, simplifications: 'easy', valid: false })
 * await run.step('open door to kitchen')
 */
export async function startRun(host: Host, setup: Setup): Promise<Run> {
  const run = createRun(host, setup, UNBEGUN)
  await run.step('look around')
  return run
}

const NOTHING: Glimpse = { observation: '', score: 0, completed: false, moves: 0, look: '', inventory: '' }
const UNBEGUN: Past = { description: '', actions: [], digest: '', glimpse: NOTHING }

/** A run that stands at the end of its past; it takes a seat when it first goes on, and keeps it while it may. */
function createRun(host: Host, setup: Setup, begun: Past): Run {
  let past = begun
  let seat: Seat | undefined
  let closed = false
  let failure: unknown
  let turns: Promise<unknown> = Promise.resolve()
  const holder = {
    busy: false,
    sendAway: () => {
      seat = undefined
    },
  }
  const leave = () => {
    if (seat) host.leave(seat)
    seat = undefined
  }
  const sit = async () => {
    if (seat?.machine.alive) return seat
    leave()
    seat = await host.take(holder)
    past = await arrive(seat, setup, past)
    return seat
  }
  const perform = async (actions: readonly string[]) => {
    try {
      const glimpses = await stepOn(await sit(), setup, actions, past.glimpse)
      past = after(past, actions, glimpses)
      return glimpses
    } catch (error) {
      leave()
      if (!(error instanceof MachineLost)) throw error
      // Perhaps these very actions are what the machine died of: once more, where that harms nobody else.
      const glimpses = await host.alone(async lonely => {
        past = await arrive(lonely, setup, past)
        return stepOn(lonely, setup, actions, past.glimpse)
      })
      past = after(past, actions, glimpses)
      return glimpses
    }
  }
  /** One thing after the other, whoever asks. */
  const inTurn = (actions: readonly string[]) => {
    const turn = turns.then(async () => {
      if (closed) throw new MisstepError('environment', 'The episode has been closed', { value: setup.task })
      if (failure) throw failure
      holder.busy = true
      try {
        return await perform(actions)
      } catch (error) {
        failure = error
        throw error
      } finally {
        holder.busy = false
        if (closed) leave()
        else if (seat) host.rest(seat)
      }
    })
    turns = turn.catch(() => {})
    return turn
  }
  return {
    get description() {
      return past.description
    },
    get glimpse() {
      return past.glimpse
    },
    get actions() {
      return past.actions.slice(1)
    },
    step: async action => (await inTurn([action]))[0]!,
    preview: actions =>
      withSeat(host, async other => {
        const { glimpse } = await arrive(other, setup, past)
        return stepOn(other, setup, actions, glimpse)
      }),
    fork: () => createRun(host, setup, past),
    close() {
      closed = true
      if (!holder.busy) leave()
    },
  }
}

/** Does a short piece of work on any seat, and on a machine of its own when the first is lost over it. */
export async function withSeat<T>(host: Host, work: (seat: Seat) => Promise<T>): Promise<T> {
  const seat = await host.take({ busy: true, sendAway: () => {} })
  try {
    return await work(seat)
  } catch (error) {
    if (error instanceof MachineLost) return await host.alone(work)
    throw error
  } finally {
    host.leave(seat)
  }
}

/** Loads the task and takes all actions again; they must bring about what they did the first time. */
async function arrive(seat: Seat, setup: Setup, past: Past): Promise<Past> {
  const begun = { ...UNBEGUN, description: await load(seat, setup) }
  if (past.actions.length === 0) return begun
  const repeated = after(begun, past.actions, await stepOn(seat, setup, past.actions, NOTHING))
  if (repeated.digest === past.digest) return repeated
  throw new MisstepError('environment', 'The simulator cannot be brought back to where an episode was', {
    value: `${setup.task} ${setup.variation} after ${past.actions.length - 1} actions`,
    advice:
      'The same actions had other outcomes: this Java machine or this simulator is not repeatable. Use the HotSpot machine of any OpenJDK. The episode counts for nothing.',
  })
}

async function load(seat: Seat, { task, variation, simplifications }: Setup): Promise<string> {
  const loaded = (await ask(seat, { op: 'load', task, variation, simplifications })) as Record<string, string>
  if (loaded.error) throw new MisstepError('environment', 'The simulator cannot load the task', { value: loaded.error })
  return loaded.description!
}

async function stepOn(
  seat: Seat,
  { task, variation, valid }: Setup,
  actions: readonly string[],
  before: Glimpse,
): Promise<Glimpse[]> {
  const glimpses = (await ask(seat, { op: 'steps', actions, valid }, 1 + actions.length / 20)) as Glimpse[]
  const fault = (glimpses.at(-1) as { fault?: string } | undefined)?.fault
  if (fault !== undefined) throw failed(`${task} ${variation}: ${actions[glimpses.length - 1]}`, fault)
  let { request } = before
  return glimpses.map((glimpse, index) => {
    request = requestAfter(actions[index]!, glimpse.observation, request)
    return { ...glimpse, ...(request !== undefined && { request }) }
  })
}

/** @throws {MisstepError} when the simulator fails at it */
export async function ask(
  seat: Seat,
  request: Parameters<Seat['machine']['ask']>[1],
  patience?: number,
): Promise<unknown> {
  try {
    return await seat.machine.ask(seat.slot, request, patience)
  } catch (error) {
    if (error instanceof MachineLost || error instanceof MisstepError) throw error
    throw failed(request, (error as Error).message)
  }
}

function failed(value: unknown, fault: string): MisstepError {
  const advice =
    'This is a fault of the simulator, not of the agent. If it stays: another version (jar), or other kinds of tasks (kinds).'
  return new MisstepError('environment', `The simulator failed (${fault})`, { value, advice })
}

function after(past: Past, actions: readonly string[], glimpses: readonly Glimpse[]): Past {
  let { digest, glimpse } = past
  for (glimpse of glimpses) {
    const { observation, score, completed, moves } = glimpse
    digest = hashText(JSON.stringify([digest, observation, score, completed, moves]))
  }
  return { description: past.description, actions: [...past.actions, ...actions], digest, glimpse }
}
