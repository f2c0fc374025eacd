/**
 * Knows what to do next in an episode: the known route, taken up again wherever the agent has strayed from it.
 * @module
 */
import { isAccepted, readAnswer, readChoices } from './answer.ts'
import { type Gait, isMove, roomOf, roomReached, wayTo } from './house.ts'
import { type Route, tryOut } from './routes.ts'
import type { Glimpse, Run } from './run.ts'
import { type Stretch, shorten } from './shorten.ts'

export interface Guide {
  /** Tells of a step that the run has taken, and what was to be seen before it. */
  took(action: string, before: Glimpse): void
  /**
   * The actions that lead from here to where the route leads: from where the run is at the moment of the question, however
   * long the answer takes. Once the agent has strayed, they have been tried out in a copy of the run; `undefined` when
   * nothing that was tried led there.
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
  /** What is still to be done; `undefined` where no way is known. */
  rest: readonly string[] | undefined
}

interface Step {
  action: string
  before: Glimpse
  after: Glimpse
}

/** Ways back to the route that are tried before giving up; each takes as long as playing the episode. */
const MOST_TRIES = 4

/** Answers to a request that are looked at, to choose those to try. */
const MOST_ANSWERS = 20

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
  return createAt(run, { ...options, findRoute }, undefined, [])
}

/**
 * @param place where the agent was when a plan was last asked for
 * @param steps those since then
 */
function createAt(run: Run, options: GuideOptions, place: Promise<Place> | undefined, steps: readonly Step[]): Guide {
  return {
    took(action, before) {
      steps = [...steps, { action, before, after: run.glimpse }]
    },
    async plan() {
      place = advance(run.fork(), options, place, steps)
      steps = []
      return (await place).rest
    },
    copy: other => createAt(other, options, place, steps),
  }
}

/** Looks at the steps since the last time, and for a way back once they have left the known one. */
async function advance(
  run: Run,
  options: GuideOptions,
  last: Promise<Place> | undefined,
  steps: readonly Step[],
): Promise<Place> {
  const route = await options.findRoute()
  let { taken, rest } = (await last) ?? { taken: 0, rest: route.actions }
  const onRoute = () => rest?.length === route.actions.length - taken
  let strayed = false
  for (const { action, before, after } of steps) {
    const isPlanned = !strayed && rest?.[0] !== undefined && normalize(action) === normalize(rest[0])
    if (isPlanned && after.request === undefined) {
      if (onRoute()) taken++
      rest = rest!.slice(1)
    } else if (!changedNothing(before, after)) {
      strayed = true
    }
  }
  return { taken, rest: strayed ? await findWayBack(run, route, taken, options) : rest }
}

const normalize = (action: string) => action.trim().toLowerCase().replace(/\s+/g, ' ')

/** A look, something that was rejected: all is as it was, give or take a moment. What the simulator asks is a change. */
function changedNothing(before: Glimpse, after: Glimpse): boolean {
  if (before.request !== after.request) return false
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
  const { look, request } = run.glimpse
  const room = roomOf(look)
  const rooms = roomsOf(route, start)
  const answers = request === undefined ? [] : await answersTo(request, run)
  for (const resume of resumptions(route, rooms, taken)) {
    const back = wayTo(room, rooms[resume] ?? start, gait)
    if (!back) continue
    const onward = [...back, ...route.actions.slice(resume)]
    // Where no answer leads on, the request is to be cancelled, by whatever comes next; that is lost.
    const openings = request === undefined ? [[]] : [...answers, onward.slice(0, 1)]
    for (const opening of openings) {
      const way = await tryOut(run, [...opening, ...onward])
      if (!arrives(way)) continue
      // What the agent has done already need not be done again.
      const needful = withoutVain(way)
      const isNeedless = needful.length < way.length && request === undefined
      for (const actions of isNeedless ? [...shorten(way, gait), needful] : []) {
        const shorter = await tryOut(run, actions)
        if (arrives(shorter)) return shorter.map(({ action }) => action)
      }
      return way.map(({ action }) => action)
    }
  }
  return undefined
}

/** Without what the simulator would not do, and without what it asked back about and was not answered. */
function withoutVain(way: readonly Stretch[]): string[] {
  const isDone = (index: number) => {
    const { action, glimpse } = way[index]!
    return isAccepted(readAnswer(action, glimpse.observation, way[index - 1]?.glimpse.request))
  }
  const isAnswered = (index: number) =>
    way[index]!.glimpse.request !== undefined && index + 1 < way.length && isDone(index + 1)
  return way.flatMap(({ action }, index) => (isDone(index) || isAnswered(index) ? [action] : []))
}

/** Answers worth trying, the best first: what scores, then what the simulator does at all. None that fails the task. */
async function answersTo(request: string, run: Run): Promise<string[][]> {
  const answers: { number: string; worth: number }[] = []
  for (const index of readChoices(request).slice(0, MOST_ANSWERS).keys()) {
    const number = String(index)
    const [{ score, observation } = run.glimpse] = await run.preview([number])
    const isDone = readAnswer(number, observation, request) === 'done'
    if (score >= 0) answers.push({ number, worth: score + (isDone ? 1e-6 : 0) })
  }
  const best = answers.sort((a, b) => b.worth - a.worth).slice(0, MOST_TRIES)
  return best.map(({ number }) => [number])
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
