/**
 * Plays recorded transcripts again and compares every byte.
 * @module
 */
import { createHash } from 'node:crypto'
import { createWorld } from './create-world.ts'
import { describeOpening } from './descriptions.ts'
import { SPLITS } from './game-entry.ts'
import type { GameLibrary } from './game-library.ts'
import { PROFILES, type Profile } from './profile.ts'
import type { RecordedCommands, Transcript } from './transcripts.ts'

/** Counts so far, and the first difference; given after each episode and at the end. */
export interface ReplayReport {
  /** Episodes replayed, and episodes in all. */
  episodes: number
  total: number
  steps: number
  /** Lists of admissible commands compared. */
  admissibleLists: number
  differences: number
  first?: Difference
}

export interface Difference {
  episode: string
  /** 0 is the opening. */
  step: number
  command: string
  /** What differs: the game, the observation, the reward, whether it was won, or the admissible commands. */
  what: 'game' | 'observation' | 'reward' | 'won' | 'admissible'
  expected: unknown
  actual: unknown
}

/**
 * Replays each transcript from its first to its last step, yielding the report after each.
 *
 * @returns the report over all
 * @example
 * for (const report of replayTranscripts(await readTranscripts(file), library)) console.log(report.episodes, '/', report.total)
 */
export function* replayTranscripts(
  transcripts: readonly Transcript[],
  library: GameLibrary,
): Generator<ReplayReport, ReplayReport> {
  const report: ReplayReport = {
    episodes: 0,
    total: transcripts.length,
    steps: 0,
    admissibleLists: 0,
    differences: 0,
  }
  const find = gameFinder(library)
  for (const transcript of transcripts) {
    const episode = replayBest(transcript, find(transcript), library)
    report.episodes++
    report.steps += episode.steps
    report.admissibleLists += episode.admissibleLists
    report.differences += episode.differences.length
    const first = report.first ?? episode.differences[0]
    if (first) report.first = first
    yield { ...report }
  }
  return report
}

interface ReplayedEpisode {
  steps: number
  admissibleLists: number
  differences: Difference[]
}

/** Where several games have the same opening, the transcript belongs to the one that it fits. */
function replayBest(transcript: Transcript, candidates: Iterable<string>, library: GameLibrary): ReplayedEpisode {
  let best: ReplayedEpisode | undefined
  for (const id of candidates) {
    const episode = replayOne(transcript, id, library)
    if (!best || episode.differences.length < best.differences.length) best = episode
    if (best.differences.length === 0) break
  }
  if (best) return best
  const missing = transcript.game ?? transcript.opening
  return {
    steps: 0,
    admissibleLists: 0,
    differences: [
      { episode: transcript.name, step: 0, command: '', what: 'game', expected: missing, actual: undefined },
    ],
  }
}

function replayOne(transcript: Transcript, id: string, library: GameLibrary): ReplayedEpisode {
  const game = library.load(id)
  const world = createWorld(game, transcript.profile)
  const episode: ReplayedEpisode = { steps: 0, admissibleLists: 0, differences: [] }
  let command = ''
  const compare = (what: Difference['what'], expected: unknown, actual: unknown) => {
    if (expected === undefined || expected === actual) return
    episode.differences.push({ episode: transcript.name, step: episode.steps, command, what, expected, actual })
  }
  const compareCommands = (expected: RecordedCommands | undefined) => {
    if (expected === undefined) return
    episode.admissibleLists++
    const actual = world.admissible()
    if (typeof expected === 'string') compare('admissible', expected, fingerprint(actual))
    else if (expected.join('\n') !== actual.join('\n')) compare('admissible', expected, actual)
  }
  compare('observation', transcript.opening, describeOpening(game, PROFILES[transcript.profile]))
  compareCommands(transcript.admissible)
  for (const step of transcript.steps) {
    command = step.command
    episode.steps++
    const outcome = world.step(command)
    compare('observation', step.observation, outcome.observation)
    compare('reward', step.reward, outcome.reward)
    compare('won', step.won, outcome.won)
    compareCommands(step.admissible)
  }
  return episode
}

const fingerprint = (commands: readonly string[]) =>
  `${createHash('sha1').update(commands.join('\n')).digest('hex').slice(0, 16)}:${commands.length}`

/** Finds the games that a transcript may be of: by id, by an id without its split, or by the opening text. */
function gameFinder(library: GameLibrary): (transcript: Transcript) => Iterable<string> {
  const byOpening = openingFinder(library)
  return ({ game, opening, profile }) => {
    if (game === undefined) return byOpening(opening, profile)
    if (library.has(game)) return [game]
    const found = SMALLEST_FIRST.map(original => `${original}/${game}`).find(id => library.has(id))
    return found === undefined ? [] : [found]
  }
}

const SMALLEST_FIRST = ['valid_unseen', 'valid_seen', 'valid_train', 'train'] as const

/** Opens the games of a split only when no smaller split has held the right one, because that takes long. */
function openingFinder(library: GameLibrary): (opening: string, profile: Profile) => Iterable<string> {
  const splits = SMALLEST_FIRST.map(original => SPLITS[original]).filter(split => library.splits.includes(split))
  const known = new Map<string, Map<string, string[]>>()
  return function* (opening, profile) {
    for (const split of splits) {
      const key = `${profile} ${split}`
      let openings = known.get(key)
      if (!openings) {
        openings = new Map()
        for (const { id } of library.entries(split)) {
          const text = describeOpening(library.load(id), PROFILES[profile])
          openings.set(text, [...(openings.get(text) ?? []), id])
        }
        known.set(key, openings)
      }
      yield* openings.get(opening) ?? []
    }
  }
}
