/**
 * Replays files and prints what differs.
 * @module
 */
import colors from 'picocolors'
import type { Environment } from '../../core/environment.ts'
import { type Trajectory, trajectorySchema } from '../../core/trajectory.ts'
import { openEnvironment } from '../../environments/registry.ts'
import type { Webshop } from '../../environments/webshop/environment.ts'
import { plural } from '../../evaluate/format.ts'
import { readJsonl } from '../../store/jsonl.ts'
import { FoundFault } from '../end-with.ts'
import { expectKind, kindOfFile } from '../kind-of-file.ts'
import { otherVersion } from '../played-in.ts'
import { safeText } from '../safe-text.ts'
import { type ReplayCounts, replayTrajectories } from './replay-trajectories.ts'

export interface ReplayFlags {
  games?: string
  catalogue?: string
  option?: Record<string, unknown>
  json?: boolean
}

/**
 * @throws {FoundFault} when anything differs
 * @throws {MisstepError} `usage` when a file is of another environment
 */
export async function replayFiles(name: string, files: readonly string[], flags: ReplayFlags): Promise<void> {
  const { option, games = option?.games as string | undefined, catalogue, json = false } = flags
  const environment = await openEnvironment({
    ...option,
    ...(games !== undefined && { games }),
    ...(catalogue !== undefined && { catalogue }),
    name,
  })
  try {
    let differences = 0
    for (const file of files) {
      const counts = await replayFile(environment, file, games)
      differences += counts.differences
      if (json) console.log(JSON.stringify({ file, ...counts }))
      else printCounts(file, counts)
    }
    if (differences > 0) throw new FoundFault('The replay differs')
  } finally {
    await environment.close()
  }
}

async function replayFile(environment: Environment, file: string, games?: string): Promise<ReplayCounts> {
  const isKnown = environment.name === 'alfworld' || environment.name === 'webshop'
  if (!isKnown) await expectKind(file, ['trajectories'], 'replay')
  if (!isKnown || (await kindOfFile(file)) === 'trajectories') {
    return replayTrajectories(environment, tellOthers(environment, file))
  }
  return environment.name === 'webshop' ? replayWebshop(environment as Webshop, file) : replayAlfworld(file, games)
}

/** What was played with other options, or another engine, may well differ: that is said before any difference. */
async function* tellOthers(environment: Environment, file: string): AsyncGenerator<Trajectory> {
  const told = new Set<string>()
  for await (const trajectory of readJsonl(file, trajectorySchema)) {
    const other = otherVersion(environment, trajectory)
    if (other && !told.has(other.what)) {
      told.add(other.what)
      process.stderr.write(`${safeText(`${file}: ${other.what}: differences may come of that.\n  ${other.advice}`)}\n`)
    }
    yield trajectory
  }
}

async function replayWebshop({ shop, catalogue }: Webshop, file: string): Promise<ReplayCounts> {
  const { readTranscripts } = await import('../../environments/webshop/transcripts.ts')
  const { replayTranscripts } = await import('../../environments/webshop/replay.ts')
  return replayTranscripts(await readTranscripts(file), shop, catalogue)
}

async function replayAlfworld(file: string, games?: string): Promise<ReplayCounts> {
  const { alfworldFolder } = await import('../../environments/alfworld/download.ts')
  const { openGameLibrary } = await import('../../environments/alfworld/game-library.ts')
  const { readTranscripts } = await import('../../environments/alfworld/transcripts.ts')
  const { replayTranscripts } = await import('../../environments/alfworld/replay.ts')
  const library = await openGameLibrary(games ?? alfworldFolder())
  let counts: ReplayCounts = { episodes: 0, steps: 0, differences: 0 }
  for (const { total: _, ...report } of replayTranscripts(await readTranscripts(file), library)) counts = report
  return counts
}

function printCounts(file: string, { episodes, steps, differences, first }: ReplayCounts): void {
  const verdict = differences === 0 ? colors.green('no difference') : colors.red(counted(differences, 'difference'))
  console.log(`${file}: ${counted(episodes, 'episode')}, ${counted(steps, 'step')}, ${verdict}`)
  if (!first) return
  console.log(
    `  the first: ${safeText(first.episode)}, step ${first.step}, "${safeText(first.command)}": ${first.what}`,
  )
  console.log(`    recorded: ${safeText(JSON.stringify(first.expected) ?? 'nothing')}`)
  console.log(`    now:      ${safeText(JSON.stringify(first.actual) ?? 'nothing')}`)
}

const counted = (count: number, noun: string) => `${count} ${plural(count, noun)}`
