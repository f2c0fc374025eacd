/**
 * Many runs of the simulator at once, on as many Java machines as fit this computer.
 * @module
 */
import { availableParallelism, freemem, totalmem } from 'node:os'
import { MisstepError } from '../../core/errors.ts'
import { findJava } from './find-java.ts'
import { type Machine, MachineLost, startMachine } from './machine.ts'
import { ask, type Host, type Run, type Setup, startRun, withSeat } from './run.ts'
import { createSeats, type Seat } from './seats.ts'
import type { SimulatorJar } from './simulator-jar.ts'

export interface SimulatorsOptions {
  jar: SimulatorJar
  /** Most Java machines. @default one for every four cores */
  machines?: number
  /** Most episodes at once of each machine; more are taken, but wait for each other. @default what memory allows, up to 64 */
  seats?: number
  /** Milliseconds after which a machine that does not answer is stopped and replaced. @default 120_000 */
  timeout?: number
}

export interface Simulators {
  readonly jar: SimulatorJar
  /** @throws {MisstepError} when there is no Java, or the simulator fails */
  start(setup: Setup): Promise<Run>
  /** The actions that the simulator's own solver finds; takes seconds to minutes. */
  gold(setup: Setup): Promise<string[]>
  /** The simulator's tasks with their numbers of variations. */
  tasks(): Promise<Record<string, number>>
  close(): void
}

/** Megabytes of heap: those of a machine, and those of an episode in it, with room for what is being thrown away. */
const MACHINE_MEMORY = 200
const EPISODE_MEMORY = 25
/** What it takes to make the longest lists of valid actions, as with hundreds of flowers in a greenhouse; most never do. */
const LIST_MEMORY = 300
/** Beside the heap an episode's simulator has its own copy of the code. */
const EPISODE_CODE = 15
/** A solver tries a whole task several times over. */
const GOLD_PATIENCE = 10

/**
 * Machines are started when they are first needed. One that dies or gets stuck is replaced, and its episodes are played
 * again to where they were.
 *
 * @example
 * const simulators = createSimulators({ jar: await openSimulatorJar(path) })
 * const run = await simulators.start({ task: 'boil', variation: 0, simplifications: 'easy', valid: false })
 */
export function createSimulators(options: SimulatorsOptions): Simulators {
  const { jar, timeout = 120_000 } = options
  const machines = options.machines ?? Math.min(8, Math.ceil(availableParallelism() / 4))
  const seats = options.seats ?? seatsFor(machines)
  let found: ReturnType<typeof findJava> | undefined
  const start = async (heap?: number): Promise<Machine> => {
    found ??= findJava()
    const java = await found
    return startMachine({
      java: java.path,
      jar: jar.path,
      types: jar.types,
      ...(heap !== undefined && { heap }),
      timeout,
      constantHashes: !jar.repeatable,
    })
  }
  const shared = createSeats({
    start: () => start(MACHINE_MEMORY + LIST_MEMORY + EPISODE_MEMORY * seats),
    machines,
    seats,
  })
  let closed = false
  let lonely: Promise<unknown> = Promise.resolve()
  const host: Host = {
    ...shared,
    alone(work) {
      const turn = lonely.then(() => (closed ? Promise.reject(new MachineLost('closed')) : alone(start, work)))
      lonely = turn.catch(() => {})
      return turn
    },
  }
  return {
    jar,
    start: setup => startRun(host, setup),
    gold: ({ task, variation, simplifications }) =>
      withSeat(host, async seat => {
        const request = { op: 'gold', task, variation, simplifications } as const
        const { error, actions } = (await ask(seat, request, GOLD_PATIENCE)) as { error: string; actions: string[] }
        if (error) throw new MisstepError('environment', 'The simulator cannot load the task', { value: error })
        return actions
      }),
    tasks: () => withSeat(host, seat => ask(seat, { op: 'tasks' }) as Promise<Record<string, number>>),
    close() {
      closed = true
      shared.close()
    },
  }
}

/** Once more, on a machine of its own that may take as much memory as Java ever would. */
async function alone<T>(start: () => Promise<Machine>, work: (seat: Seat) => Promise<T>): Promise<T> {
  const machine = await start()
  try {
    return await work({ machine, slot: '0' })
  } catch (error) {
    if (!(error instanceof MachineLost)) throw error
    throw new MisstepError('environment', 'The simulator was lost twice at the same point', {
      value: error.message,
      advice: 'The episode counts for nothing. Is there enough memory, and does nothing stop Java on this machine?',
      cause: error,
    })
  } finally {
    machine.stop()
  }
}

/** A quarter of all memory at most, and half of what is free. */
function seatsFor(machines: number): number {
  const megabytes = Math.min(totalmem() / 4, freemem() / 2) / 2 ** 20
  const episodes = Math.floor((megabytes / machines - MACHINE_MEMORY) / (EPISODE_MEMORY + EPISODE_CODE))
  return Math.max(2, Math.min(Math.ceil(64 / machines), episodes))
}
