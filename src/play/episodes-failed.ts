/**
 * Episodes that the world broke in: no failure of the agent, and no reason to stop the others.
 * @module
 */
import { MisstepError } from '../core/errors.ts'

export interface FailedEpisode {
  id: string
  error: MisstepError
}

/** How many reasons are told, and how many episodes of each. */
const TOLD = 3

/** Says in which episodes the world broke, and why, once all others are played. The first one's error is its cause. */
export class EpisodesFailed extends MisstepError {
  readonly failed: readonly FailedEpisode[]
  /** Those that were not even begun, as the world seemed to be broken altogether. */
  readonly unbegun: number

  constructor(failed: readonly FailedEpisode[], played: number, episodes: number) {
    const unbegun = episodes - played - failed.length
    const where =
      unbegun === 0
        ? `${failed.length} of ${episodes} episodes`
        : `all ${failed.length} episodes that were begun, so ${unbegun} were not`
    super('environment', [`The environment failed in ${where}:`, ...reasons(failed)].join('\n  '), {
      advice: 'Nothing of this counts. The same command keeps what was played and tries the rest again.',
      cause: failed[0]?.error,
    })
    this.failed = failed
    this.unbegun = unbegun
  }
}

/** The error as an episode's own, where it is the world's; throws it where it is the agent's or anybody else's. */
export function failedEpisode(id: string, error: unknown): FailedEpisode {
  if (error instanceof MisstepError && error.code === 'environment') return { id, error }
  throw error
}

/** Each reason with its episodes, then each advice once. */
function reasons(failed: readonly FailedEpisode[]): string[] {
  const episodes = new Map<string, string[]>()
  for (const { id, error } of failed) {
    const reason = error.message.split('\n')[0]!
    episodes.set(reason, [...(episodes.get(reason) ?? []), id])
  }
  const told = [...episodes].slice(0, TOLD)
  const others = [...episodes.values()].slice(TOLD).flat().length
  return [
    ...told.map(([reason, ids]) => `${few(ids)}: ${reason}`),
    ...(others > 0 ? [`and ${others} more`] : []),
    ...new Set(failed.flatMap(({ error }) => error.advice ?? [])),
  ]
}

function few(ids: readonly string[]): string {
  const more = ids.length - TOLD
  return `${ids.slice(0, TOLD).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
