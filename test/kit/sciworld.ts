/** For tests and benches of SciWorld: the simulator where it is there, and walks that can be walked again. */
import { createHash } from 'node:crypto'
import { createRandom } from '../../src/core/random.ts'
import type { Glimpse, Run } from '../../src/environments/sciworld/run.ts'
import { roundHalfEven } from '../../src/environments/sciworld/scoring.ts'
import { openSimulatorJar, type SimulatorJar } from '../../src/environments/sciworld/simulator-jar.ts'

/** `undefined` where it is not: `misstep env add sciworld` fetches it, or `MISSTEP_SCIWORLD_JAR` names it. */
export const jar: SimulatorJar | undefined = await openSimulatorJar().catch(() => undefined)

/** What a test is called that needs the simulator. */
export const needsJar = jar ? '' : ' (needs the simulator: misstep env add sciworld)'

/** What agents also say: nothing known, several things at once, numbers out of turn, things that only look harmless. */
const ODD_ACTIONS = [
  'open door',
  'pick up the',
  'foo',
  '',
  '0',
  '1',
  '99',
  'reset task',
  'help',
  'objects',
  'task',
  'WAIT',
  'wait1',
  'look  around',
  'move air to air',
  'focus on door',
  'connect wire to wire',
  'shutdown',
  'ünïcödé 動作',
  'two\nlines',
  'go to nowhere',
  'teleport to kitchen',
  'use thermometer',
]

/** A walk of mostly valid actions, the same for the same seed as long as the simulator answers the same. */
export async function walk(run: Run, seed: string, steps: number): Promise<string[]> {
  const random = createRandom(seed)
  for (let taken = 0; taken < steps && run.glimpse.score >= 0 && !run.glimpse.completed; taken++) {
    const valid = run.glimpse.valid ?? []
    const isOdd = valid.length === 0 || random.chance(0.25)
    await run.step(isOdd ? random.pick(ODD_ACTIONS) : random.pick(valid))
  }
  return [...run.actions]
}

/** One line for each glimpse, such as the original's wrapper would give. */
export function record({ observation, score, completed, moves, look, inventory, valid }: Glimpse): unknown[] {
  const hundredths = roundHalfEven(100 * score)
  const done = completed || moves > 100 || hundredths < 0
  return [observation, hundredths, done, moves, look, inventory, ...(valid ? [digest(valid)] : [])]
}

/** Of a list or a text: the first 16 digits of its sha256. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}
