/**
 * Ways through tasks that are known to reach the goal: found once by the simulator's own solver, shortened, and kept.
 * @module
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import { type JsonlFile, openJsonl, readJsonlFile } from '../../store/jsonl.ts'
import { isAccepted, readAnswer } from './answer.ts'
import { roomOf } from './house.ts'
import type { Run, Setup } from './run.ts'
import { nameAsSeen, type Stretch, shorten } from './shorten.ts'
import { gaitOf } from './simplifications.ts'
import type { Simulators } from './simulators.ts'

const routeSchema = z.object({
  task: z.string(),
  variation: z.number(),
  actions: z.array(z.string()),
  /** What it reached when it was found, from -1 to 1: the solver does not always reach the goal. */
  score: z.number(),
})
export type Route = z.infer<typeof routeSchema>

export interface Routes {
  /** The solver's, whether or not it reaches the goal. */
  find(setup: Setup): Promise<Route>
  close(): void
}

/**
 * Routes that are kept in a folder, one file for a simulator and a choice of simplifications; finding one takes seconds,
 * and up to a minute.
 *
 * @param folder where they are kept; `undefined`: only in memory
 * @example
 * const routes = createRoutes(simulators, join(sciworldFolder(), 'routes'))
 * const route = await routes.find({ task: 'boil', variation: 0, simplifications: 'easy', valid: false })
 */
export function createRoutes(simulators: Simulators, folder: string | undefined): Routes {
  const found = new Map<string, Promise<Route>>()
  const files = new Map<string, Promise<JsonlFile | undefined>>()
  /** Reads what is kept, and opens the file to add to it; a folder that cannot be written to is done without. */
  const openFile = (simplifications: string) => {
    const known = files.get(simplifications)
    if (known || folder === undefined) return known
    const path = join(folder, `${simulators.jar.digest}-${simplifications.replaceAll(',', '-') || 'none'}.jsonl`)
    const file = (async () => {
      try {
        const kept = openJsonl(path)
        for (const route of statSync(path).size > 0 ? await readJsonlFile(path, routeSchema) : [])
          found.set(keyOf(route.task, route.variation, simplifications), Promise.resolve(route))
        return kept
      } catch (error) {
        if (error instanceof MisstepError) return undefined
        throw error
      }
    })()
    files.set(simplifications, file)
    return file
  }
  return {
    async find(setup) {
      const { task, variation, simplifications } = setup
      const file = await openFile(simplifications)
      const key = keyOf(task, variation, simplifications)
      let route = found.get(key)
      if (!route) {
        route = search(simulators, setup).then(result => {
          keep(file, result)
          return result
        })
        found.set(key, route)
        // A machine that was lost is no answer for good.
        route.catch(() => found.delete(key))
      }
      return route
    },
    close() {
      for (const file of files.values()) void file.then(open => open?.close())
      files.clear()
    },
  }
}

/** A full disk costs the time to find the route again, and nothing else. */
function keep(file: JsonlFile | undefined, route: Route): void {
  try {
    file?.append(route)
  } catch (error) {
    if (!(error instanceof MisstepError)) throw error
  }
}

const keyOf = (task: string, variation: number, simplifications: string) => `${task} ${variation} ${simplifications}`

async function search(simulators: Simulators, setup: Setup): Promise<Route> {
  const { task, variation, simplifications } = setup
  const gold = await simulators.gold(setup)
  const run = await simulators.start({ ...setup, valid: false })
  const gait = gaitOf(simplifications)
  try {
    let way = await tryOut(run, gold)
    const score = scoreOf(way)
    for (const actions of shorten(way, gait)) {
      if (actions.length >= way.length) continue
      const shorter = await tryOut(run, actions)
      if (scoreOf(shorter) < score) continue
      way = shorter
      break
    }
    const plain = nameAsSeen(way)
    if (plain.some((action, index) => action !== way[index]!.action)) {
      const named = await tryOut(run, plain)
      const isClear = named.every(({ action, glimpse }) => isAccepted(readAnswer(action, glimpse.observation)))
      if (isClear && scoreOf(named) >= score) way = named
    }
    return { task, variation, actions: way.map(({ action }) => action), score }
  } finally {
    run.close()
  }
}

const scoreOf = (way: readonly Stretch[]) => way.at(-1)?.glimpse.score ?? -1

/** What comes of some actions, up to where the task ends. */
export async function tryOut(run: Run, actions: readonly string[]): Promise<Stretch[]> {
  let room = roomOf(run.glimpse.look)
  const way: Stretch[] = []
  for (const [index, glimpse] of (await run.preview(actions)).entries()) {
    way.push({ action: actions[index]!, room, glimpse })
    room = roomOf(glimpse.look)
    if (glimpse.completed || glimpse.score < 0) break
  }
  return way
}
