/**
 * The one loop that plays episodes: golden data, exploring with a teacher and evaluation are all this loop.
 * @module
 */
import { takeTurn } from '../core/short-turns.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { createArrivals } from './arrivals.ts'
import { playEpisode } from './play-episode.ts'
import type { PlayOptions } from './play-options.ts'

export { playEpisode } from './play-episode.ts'
export type { PlayOptions } from './play-options.ts'

/**
 * Plays the tasks, many at once, and yields each trajectory as it ends.
 * The same options give the same trajectories; only their order of arrival depends on the company.
 *
 * @example
 * for await (const trajectory of play({ environment, tasks, agent })) console.log(trajectory.outcome)
 */
export async function* play(options: PlayOptions): AsyncGenerator<Trajectory, void, undefined> {
  const waiting = [...options.tasks].reverse()
  // Whoever stops listening is not met by the failures of episodes that nobody waits for.
  const running = createArrivals<Trajectory>()
  const { episodesAtOnce = 64, signal } = options
  while (waiting.length > 0 || running.size > 0) {
    signal?.throwIfAborted()
    while (waiting.length > 0 && running.size < episodesAtOnce) {
      running.add(playEpisode(waiting.pop()!, options))
      // Starting an episode takes a millisecond or so, and a thousand of them must not stop the world.
      await takeTurn()
    }
    yield await running.next()
  }
}
