/**
 * The one loop that plays episodes: golden data, exploring with a teacher and evaluation are all this loop.
 * @module
 */
import { takeTurn } from '../core/short-turns.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { createArrivals } from './arrivals.ts'
import { EpisodesFailed, type FailedEpisode, failedEpisode } from './episodes-failed.ts'
import { playEpisode } from './play-episode.ts'
import type { PlayOptions } from './play-options.ts'

export { playEpisode } from './play-episode.ts'
export type { PlayOptions } from './play-options.ts'

/** Where the world broke in so many episodes and none was played, it is not they but the world. */
const ENOUGH = 10

/**
 * Plays the tasks, many at once, and yields each trajectory as it ends.
 * The same options give the same trajectories; only their order of arrival depends on the company.
 *
 * @throws {MisstepError} `environment` when the world broke in some episodes, after all others were played; whatever
 * else the agent, the teacher or the environment throws, at once
 * @example
 * for await (const trajectory of play({ environment, tasks, agent })) console.log(trajectory.outcome)
 */
export async function* play(options: PlayOptions): AsyncGenerator<Trajectory, void, undefined> {
  const waiting = [...options.tasks].reverse()
  // Whoever stops listening is not met by the failures of episodes that nobody waits for.
  const running = createArrivals<Trajectory | FailedEpisode>()
  const failed: FailedEpisode[] = []
  let played = 0
  const { episodesAtOnce = 64, signal } = options
  // The first tasks may be those that an earlier call left behind, so until one was played the last have their turn too.
  const next = () => (failed.length > 0 && played === 0 ? waiting.shift()! : waiting.pop()!)
  const goesOn = () => waiting.length > 0 && (played > 0 || failed.length < ENOUGH)
  while (goesOn() || running.size > 0) {
    signal?.throwIfAborted()
    while (goesOn() && running.size < episodesAtOnce) {
      const task = next()
      running.add(playEpisode(task, options).catch(error => failedEpisode(task.id, error)))
      // Starting an episode takes a millisecond or so, and a thousand of them must not stop the world.
      await takeTurn()
    }
    const ended = await running.next()
    if ('error' in ended) {
      failed.push(ended)
      continue
    }
    played++
    yield ended
  }
  if (failed.length === 0) return
  signal?.throwIfAborted()
  throw new EpisodesFailed(failed, played, options.tasks.length)
}
