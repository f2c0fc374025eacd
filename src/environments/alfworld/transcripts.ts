/**
 * Reads recordings of ALFWorld episodes in the formats that people publish.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import { readRecords } from '../read-records.ts'
import type { Profile } from './profile.ts'

/** The list of admissible commands, or the first 16 digits of its sha1 (joined by newlines), a colon and its length. */
export type RecordedCommands = readonly string[] | string

export interface RecordedStep {
  command: string
  observation: string
  reward?: number | undefined
  won?: boolean | undefined
  admissible?: RecordedCommands | undefined
}

export interface Transcript {
  /** What a difference is reported under. */
  name: string
  /** The game's id, or the end of it; absent where only the opening tells which game it is. */
  game?: string
  /** The wording that the recording was made with. */
  profile: Profile
  opening: string
  admissible?: RecordedCommands
  steps: RecordedStep[]
}

/**
 * The transcripts of a file: JSONL or one JSON list, gzipped or not. Known are our recordings of the original engine,
 * ETO's gold trajectories (`conversations`), KnowAgent's trajectories (`traj`) and lists of failures (`game_id`).
 *
 * @throws {MisstepError} when a record has none of these shapes
 * @example
 * for (const transcript of await readTranscripts('gt_traj.jsonl.gz')) console.log(transcript.name)
 */
export async function readTranscripts(path: string): Promise<Transcript[]> {
  return (await readRecords(path)).map((record, index) => {
    for (const [schema, toTranscript] of FORMATS) {
      const parsed = schema.safeParse(record)
      if (parsed.success) return toTranscript(parsed.data)
    }
    throw new MisstepError('data', `Record ${index + 1} of the recordings has no known format`, {
      value: path,
      advice: 'Known are records with steps and init, conversations, traj, or game_id and initial_obs.',
    })
  })
}

const commands = z.union([z.array(z.string()), z.string()])

const engineSchema = z.object({
  id: z.string(),
  kind: z.string(),
  init: z.string(),
  adm: commands,
  steps: z.array(z.tuple([z.string(), z.string(), z.number(), z.boolean(), commands])),
})

const etoSchema = z.object({
  id: z.string(),
  conversations: z.array(z.object({ from: z.string(), value: z.string() })),
})

const knowAgentSchema = z.object({ name: z.string(), traj: z.string() })

const failureSchema = z.object({
  game_id: z.number(),
  initial_obs: z.string(),
  steps: z.array(
    z.object({ action_taken: z.string(), next_observation: z.string(), score: z.number(), done: z.boolean() }),
  ),
})

type Format<S extends z.ZodType> = [S, (record: z.infer<S>) => Transcript]
const format = <S extends z.ZodType>(schema: S, read: (record: z.infer<S>) => Transcript) =>
  [schema, read] as unknown as Format<z.ZodType<never>>

const FORMATS = [
  format(engineSchema, record => ({
    name: `${record.id} (${record.kind})`,
    game: record.id,
    profile: '2.1.3',
    opening: record.init,
    admissible: record.adm,
    steps: record.steps.map(([command, observation, reward, won, admissible]) => {
      return { command, observation, reward, won, admissible }
    }),
  })),
  format(etoSchema, ({ id, conversations }) => ({
    name: id,
    game: id,
    profile: '2.1.1-eto',
    opening: conversations[0]?.value ?? '',
    steps: pairUp(conversations.slice(1).map(turn => turn.value)),
  })),
  format(knowAgentSchema, ({ name, traj }) => {
    const [opening = '', ...turns] = traj.split('\n> ')
    return { name, game: name, profile: '2.1.1-react', opening, steps: turns.flatMap(readTurn) }
  }),
  format(failureSchema, record => ({
    name: `game ${record.game_id}`,
    profile: '2.1.1',
    opening: record.initial_obs,
    steps: record.steps.map(({ action_taken, next_observation, score, done }) => {
      return { command: action_taken, observation: next_observation, reward: score, won: done }
    }),
  })),
]

function pairUp(turns: readonly string[]): RecordedStep[] {
  const steps: RecordedStep[] = []
  for (let i = 0; i + 1 < turns.length; i += 2) steps.push({ command: turns[i]!, observation: turns[i + 1]! })
  return steps
}

/** A turn is a command and what was seen; thoughts and notes were never given to the engine. */
function readTurn(turn: string): RecordedStep[] {
  if (/^(Think|ActionPath):/.test(turn)) return []
  const newline = turn.indexOf('\n')
  if (newline < 0) return []
  return [{ command: turn.slice(0, newline), observation: turn.slice(newline + 1).trimEnd() }]
}
