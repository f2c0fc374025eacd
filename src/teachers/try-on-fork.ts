/**
 * Tries an action without making it.
 * @module
 */
import type { Episode, Outcome } from '../core/environment.ts'

/**
 * What an action would bring about now, seen on a fork; `undefined` where the environment cannot fork.
 *
 * @example
 * (await tryOnFork(episode, 'open drawer 1'))?.accepted
 */
export async function tryOnFork(episode: Episode, action: string): Promise<Outcome | undefined> {
  if (!episode.fork) return undefined
  const fork = await episode.fork()
  try {
    return await fork.step(action)
  } finally {
    await fork.close()
  }
}
