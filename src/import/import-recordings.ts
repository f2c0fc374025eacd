/**
 * Makes trajectories of recordings that others have published.
 * @module
 */
import PQueue from 'p-queue'
import type { Environment } from '../core/environment.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { createTaskFinder } from './find-tasks.ts'
import { readRecordings } from './read-recording.ts'
import { type Dropped, REASONS, type Reason, type Recording, type RecordingFormat } from './recording.ts'
import { asRecorded, type Replayed, replayRecording } from './replay-recording.ts'
import { rewordFor } from './wording.ts'

export interface ImportOptions {
  format: RecordingFormat
  /** Where the moves are played again; or a name for it, to take the recordings at their word. */
  environment: Environment | string
  /** Which are kept: those that reach the goal, those with at least this reward, or all. Default: `won`. */
  keep?: 'won' | 'all' | number
  /** Leaves out moves that the environment rejects, where what is left is kept too. Default: false. */
  withoutRejected?: boolean
  /** Whose moves they are. Default: the name of the format. */
  agent?: string
  /** Recordings that are played at once. Default: 4. */
  atOnce?: number
  /** Told after each recording. */
  onRecording?: () => void
  signal?: AbortSignal
}

/** What came of the recordings. */
export interface Imported {
  /** In the order of the recordings; `id` is the task's, with `#2` for its second trajectory and so on. */
  trajectories: Trajectory[]
  recordings: number
  dropped: Dropped[]
  /** How many were dropped for each reason. */
  reasons: Partial<Record<Reason, number>>
  /** Of those kept: turns of the agent without a move, moves that were left out as rejected, moves after the end. */
  leftOut: { turnsWithoutMove: number; rejectedMoves: number; movesAfterEnd: number }
  /** Of those kept: observations that were recorded, and how many of them the environment does not show now. */
  observations: { compared: number; different: number }
}

/** A trajectory, and what of its recording is not in it. */
interface Kept extends Replayed {
  recording: Recording
  rejectedMoves: number
}

/**
 * Reads recordings, finds the task of each, and plays its moves again.
 *
 * @param records the JSON values of a published file; whatever they are, they are data
 * @throws {MisstepError} when the environment fails; `signal.reason` when the signal is aborted
 * @example
 * const { trajectories, reasons } = await importRecordings(await readRecords('alfworld_sft.json'), {
 *   format: 'eto', environment,
 * })
 */
export async function importRecordings(records: readonly unknown[], options: ImportOptions): Promise<Imported> {
  const { format, environment, atOnce = 4, signal, onRecording } = options
  const read = records.flatMap((record, index) => readRecordings(record, format, `record ${index + 1}`))
  const take = typeof environment === 'string' ? takeAtWord(environment, options) : await replayIn(environment, options)
  const queue = new PQueue({ concurrency: atOnce })
  const results = await queue.addAll(
    read.map(recording => async () => {
      signal?.throwIfAborted()
      const result = 'reason' in recording ? recording : await take(recording)
      onRecording?.()
      return result
    }),
  )
  return sumUp(results)
}

type Take = (recording: Recording) => Promise<Kept | Dropped>

function takeAtWord(label: string, { agent, format, keep = 'won' }: ImportOptions): Take {
  return async recording => {
    const trajectory = asRecorded(recording, agent ?? format, label)
    if (!isKept(trajectory, keep)) return drop(recording, 'not-kept', `it says ${trajectory.reward}`)
    return { trajectory, recording, compared: 0, different: 0, rejectedMoves: 0 }
  }
}

async function replayIn(environment: Environment, options: ImportOptions): Promise<Take> {
  const { keep = 'won', withoutRejected = false, format } = options
  const find = await createTaskFinder(environment)
  const reword = rewordFor(environment)
  const replayOptions = { environment, agent: options.agent ?? format }
  return async recording => {
    const found = await find(recording)
    if ('reason' in found) return drop(recording, found.reason, found.detail)
    const moves = recording.moves.map(reword)
    const first = await replayRecording(moves, found.tasks, replayOptions)
    const { steps, task } = first.trajectory
    if (!isKept(first.trajectory, keep)) return drop(recording, 'not-kept', explain(first.trajectory))
    const accepted = moves.filter((_, index) => steps[index]?.accepted)
    const rejectedMoves = steps.length - accepted.length
    if (withoutRejected && rejectedMoves > 0) {
      const shorter = await replayRecording(accepted, [task], replayOptions)
      const isAsGood = shorter.trajectory.reward >= first.trajectory.reward
      if (isAsGood) return { ...first, trajectory: shorter.trajectory, recording, rejectedMoves }
    }
    return { ...first, recording, rejectedMoves: 0 }
  }
}

const isKept = ({ outcome, reward }: Trajectory, keep: 'won' | 'all' | number) =>
  keep === 'all' || (keep === 'won' ? outcome === 'won' : reward >= keep)

const drop = ({ name }: Recording, reason: Reason, detail?: string): Dropped => {
  return { name, reason, ...(detail !== undefined && { detail }) }
}

/** Where it went wrong, as far as can be told: at the first move that was not accepted. */
function explain({ reward, steps }: Trajectory): string {
  const reached = `it reaches ${reward.toFixed(2)}`
  const failed = steps.find(({ accepted }) => !accepted)
  return failed ? `${reached}; "${failed.action}" was answered: ${failed.observation.split('\n')[0]}` : reached
}

function sumUp(results: readonly (Kept | Dropped)[]): Imported {
  const imported: Imported = {
    trajectories: [],
    recordings: results.length,
    dropped: [],
    reasons: {},
    leftOut: { turnsWithoutMove: 0, rejectedMoves: 0, movesAfterEnd: 0 },
    observations: { compared: 0, different: 0 },
  }
  const { trajectories, dropped, leftOut, observations } = imported
  const times = new Map<string, number>()
  for (const result of results) {
    if ('reason' in result) {
      dropped.push(result)
      continue
    }
    const { trajectory, recording, rejectedMoves } = result
    const time = (times.get(trajectory.id) ?? 0) + 1
    times.set(trajectory.id, time)
    trajectories.push(time === 1 ? trajectory : { ...trajectory, id: `${trajectory.id}#${time}` })
    leftOut.turnsWithoutMove += recording.withoutMove
    leftOut.rejectedMoves += rejectedMoves
    leftOut.movesAfterEnd += recording.moves.length - trajectory.steps.length - rejectedMoves
    observations.compared += result.compared
    observations.different += result.different
  }
  for (const reason of Object.keys(REASONS) as Reason[]) {
    const count = dropped.filter(each => each.reason === reason).length
    if (count > 0) imported.reasons[reason] = count
  }
  return imported
}
