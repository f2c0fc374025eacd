/**
 * What the rules look up in a game again and again, computed once a game and shared by its episodes.
 * @module
 */
import type { Game } from './game.ts'

export interface Lookup {
  /** Index of a receptacle or an object by the name shown. */
  receptacles: ReadonlyMap<string, number>
  objects: ReadonlyMap<string, number>
  /** Indices of the receptacles at each location, sorted; none for a location without. */
  at: readonly (readonly number[])[]
  /** Position of each name among all names of its sort, in code-point order. */
  receptacleRank: readonly number[]
  objectRank: readonly number[]
  /** Every `go to` command in code-point order, and the receptacle that each leads to. */
  goTo: readonly string[]
  goToTarget: readonly number[]
  /** Receptacles and objects that the goal is about. */
  goalReceptacles: readonly number[]
  goalObjects: readonly number[]
  goalLamps: readonly number[]
  /** The `take` commands met so far, by `receptacle * objects + object`. */
  take: Map<number, string>
  /** The part of `go to` commands that is valid at each location, filled when first needed. */
  goToFrom: (string[] | undefined)[]
}

const lookups = new WeakMap<Game, Lookup>()

/** The lookup of a game; the same object each time. */
export function lookupOf(game: Game): Lookup {
  const known = lookups.get(game)
  if (known) return known
  const { goal, receptacles, objects } = game
  const at: number[][] = game.locationNumbers.map(() => [])
  receptacles.forEach((receptacle, index) => {
    if (receptacle.location >= 0) at[receptacle.location]!.push(index)
  })
  const order = sortedByName(receptacles)
  const reachable = order.filter(index => receptacles[index]!.location >= 0)
  const where = <T extends { type: string }>(list: readonly T[], type: string | undefined) =>
    list.flatMap((item, index) => (item.type === type ? [index] : []))
  const lookup: Lookup = {
    receptacles: new Map(receptacles.map((receptacle, index) => [receptacle.name, index])),
    objects: new Map(objects.map((thing, index) => [thing.name, index])),
    at,
    receptacleRank: ranks(order),
    objectRank: ranks(sortedByName(objects)),
    goTo: reachable.map(index => `go to ${receptacles[index]!.name}`),
    goToTarget: reachable,
    goalReceptacles: where(receptacles, goal.receptacle),
    goalObjects: where(objects, goal.object),
    goalLamps: where(objects, goal.lamp).filter(index => objects[index]!.toggleable),
    take: new Map(),
    goToFrom: [],
  }
  lookups.set(game, lookup)
  return lookup
}

function sortedByName(list: readonly { name: string }[]): number[] {
  return list.map((_, index) => index).sort((a, b) => (list[a]!.name < list[b]!.name ? -1 : 1))
}

function ranks(order: readonly number[]): number[] {
  const rank = new Array<number>(order.length).fill(0)
  order.forEach((index, position) => {
    rank[index] = position
  })
  return rank
}
