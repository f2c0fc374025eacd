/**
 * Knows what to do next in an episode: the known route, taken up again wherever the agent has strayed from it.
 * @module
 */
import { readAnswer, readChoices } from './answer.ts'
import { type Gait, isMove, roomOf, roomReached, wayTo } from './house.ts'
import { type Route, tryOut } from './routes.ts'
import type { Glimpse, Run } from './run.ts'
import { shorten } from './shorten.ts'

export interface Guide {
  /** Tells of a step that the run has taken, and what was to be seen before it. */
  took(action: string, before: Glimpse): void
  /**
   * The actions that lead from here to where the route leads. Once the agent has strayed, they have been tried out in a
   * copy of the run; `undefined` when nothing that was tried led there.
   */
  plan(): Promise<readonly string[] | undefined>
  /** A guide for a copy of the run at this point. */
  copy(run: Run): Guide
}

export interface GuideOptions {
  /** Called once, when a plan is first asked for: it may take long. */
  findRoute(): Promise<Route>
  gait: Gait
  /** The room that the task begins in. */
  start: string
}

/** Where the agent is on its way. */
interface Place {
  /** Actions of the route that are behind it. */
  taken: number
  /** What is still to be done; `undefined` before the route is known, and where no way is known. */
  rest: readonly string[] | undefined
  /** Whether the state is no longer one that `rest` was made for. */
  strayed: boolean
  /** Steps that have not been looked at yet. */
  steps: readonly { action: string; before: Glimpse; after: Glimpse }[]
}

/** Ways back to the route that are tried before giving up; each takes as long as playing the episode. */
const MOST_TRIES = 4

/**
 * @example
 * const guide = createGuide(run, { findRoute: () => routes.find(setup), gait, start: 'hallway' })
 * const [next] = (await guide.plan()) ?? []
 */
export function createGuide(run: Run, options: GuideOptions): Guide {
  let route: Promise<Route> | undefined
  const findRoute = () => {
    route ??= options.findRoute()
    return route
  }
  return createAt(run, { ...options, findRoute }, { taken: 0, rest: undefined, strayed: false, steps: [] })
}

function createAt(run: Run, options: GuideOptions, begun: Place): Guide {
  let place = begun
  return {
    took(action, before) {
      place = { ...place, steps: [...place.steps, { action, before, after: run.glimpse }] }
    },
    async plan() {
      const route = await options.findRoute()
      place = follow(place, route)
      if (place.strayed) {
        const rest = await findWayBack(run, route, place.taken, options)
        place = { ...place, rest, strayed: false }
      }
      return place.rest
    },
    copy: other => createAt(other, options, place),
  }
}

/** Looks at the steps since the last time. */
function follow(place: Place, route: Route): Place {
  let { taken, strayed, rest = taken === 0 ? route.actions : undefined } = place
  const onRoute = () => rest?.length === route.actions.length - taken
  for (const { action, before, after } of place.steps) {
    const isPlanned = !strayed && rest?.[0] !== undefined && normalize(action) === normalize(rest[0])
    if (isPlanned && readAnswer(action, after.observation) !== 'ambiguous') {
      if (onRoute()) taken++
      rest = rest!.slice(1)
    } else if (!changedNothing(before, after)) {
      strayed = true
    }
  }
  return { taken, rest, strayed, steps: [] }
}

const normalize = (action: string) => action.trim().toLowerCase().replace(/\s+/g, ' ')

/** A look, a question, something that was rejected: all is as it was, give or take a moment. */
function changedNothing(before: Glimpse, after: Glimpse): boolean {
  if (readAnswer('', after.observation) === 'ambiguous') return false
  return before.look === after.look && before.inventory === after.inventory && after.moves - before.moves <= 1
}

/** Tries to take the route up again where it was left, then ever further back; the first way that leads to its end. */
async function findWayBack(
  run: Run,
  route: Route,
  taken: number,
  { gait, start }: GuideOptions,
): Promise<string[] | undefined> {
  const arrives = (way: readonly { glimpse: Glimpse }[]) => (way.at(-1)?.glimpse.score ?? -1) >= route.score
  const room = roomOf(run.glimpse.look)
  const rooms = roomsOf(route, start)
  // While the simulator waits for a number, all else is lost.
  const isAsked = readAnswer('', run.glimpse.observation) === 'ambiguous'
  const answers = isAsked ? readChoices(run.glimpse.observation).map((_, number) => [String(number)]) : [[]]
  for (const resume of resumptions(route, rooms, taken)) {
    const back = wayTo(room, rooms[resume] ?? start, gait)
    if (!back) continue
    for (const answer of answers.slice(0, MOST_TRIES)) {
      const way = await tryOut(run, [...answer, ...back, ...route.actions.slice(resume)])
      if (!arrives(way)) continue
      // What the agent has done already need not be done again.
      const isNeedless = way.some(({ action, glimpse }) => readAnswer(action, glimpse.observation) === 'rejected')
      for (const actions of isNeedless && !isAsked ? shorten(way, gait) : []) {
        const shorter = await tryOut(run, actions)
        if (arrives(shorter)) return shorter.map(({ action }) => action)
      }
      return way.map(({ action }) => action)
    }
  }
  return undefined
}

/** The room before each action of a route, and after the last. */
function roomsOf({ actions }: Route, start: string): string[] {
  const rooms = [start]
  for (const action of actions) rooms.push(roomReached(action) ?? rooms.at(-1)!)
  return rooms
}

/**
 * Where to take the route up again: where it was left, where it came into that room, into those before, at its start;
 * there is no need to walk it to where it goes first, for that can be gone to from anywhere.
 */
function resumptions({ actions }: Route, rooms: readonly string[], taken: number): number[] {
  const places = [taken]
  for (let index = taken; index > 0 && places.length < MOST_TRIES - 1; index--) {
    if (rooms[index] !== rooms[index - 1]) places.push(index)
  }
  const arrival = (place: number) => {
    while (place < actions.length && isMove(actions[place]!)) place++
    return place
  }
  return [...new Set([...places, 0].map(arrival))]
}
