/**
 * Makes a game from facts: names, numbers and order as the original engine gives them.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import type { Fact, Game, GameSource, Receptacle, StartingFacts, Thing } from './game.ts'

type Facts = Map<string, Fact[]>

/**
 * Builds the game that every episode of it shares. Facts may repeat; predicates that the rules do not use are ignored.
 * Every list is ordered by identifier, because the original orders all its lists so.
 *
 * @throws {MisstepError} when the facts give the agent no place, or a receptacle two
 * @example
 * buildGame({ id: 'one', sentence: 'put a mug in desk.', goal: { kind: 'pick_and_place_simple', object: 'mug', receptacle: 'desk' }, facts })
 */
export function buildGame(source: GameSource): Game {
  const facts = groupByPredicate(source.facts)
  const receptacleIds = new Set(firsts(facts, 'receptacletype'))
  const locationIds = new Set<string>()
  for (const predicate of ['atlocation', 'receptacleatlocation', 'objectatlocation']) {
    for (const fact of facts.get(predicate) ?? []) locationIds.add(fact[2]!)
  }
  const ids = identifiers(source.facts)
  const names = nameAll(ids)
  const thingIds = ids.filter(id => !receptacleIds.has(id) && !locationIds.has(id))
  const places = indexOf(ids.filter(id => locationIds.has(id)))
  const receptacleIndex = indexOf(ids.filter(id => receptacleIds.has(id)))
  const thingIndex = indexOf(thingIds)

  const receptacleTypes = typesOf(facts, 'receptacletype')
  const thingTypes = typesOf(facts, 'objecttype')
  const openable = new Set(firsts(facts, 'openable'))
  const locationOf = receptacleLocations(source.id, facts, places)
  const receptacles: Receptacle[] = [...receptacleIndex.keys()].map(id => ({
    id,
    name: names.get(id)!,
    type: receptacleTypes.get(id)!,
    location: locationOf.get(id) ?? -1,
    openable: openable.has(id),
  }))

  const inside = pairs(facts, 'inreceptacleobject', thingIndex, thingIndex, thingIds.length, 'second')
  const flag = (predicate: string) => new Set(firsts(facts, predicate))
  const [pickupable, cleanable, heatable, coolable] = ['pickupable', 'cleanable', 'heatable', 'coolable'].map(flag)
  const [sliceable, toggleable, isReceptacle] = ['sliceable', 'toggleable', 'isreceptacleobject'].map(flag)
  const objects: Thing[] = thingIds.map((id, index) => ({
    id,
    name: names.get(id)!,
    type: thingTypes.get(id) ?? '',
    pickupable: pickupable!.has(id),
    cleanable: cleanable!.has(id),
    heatable: heatable!.has(id),
    coolable: coolable!.has(id),
    sliceable: sliceable!.has(id),
    toggleable: toggleable!.has(id),
    isReceptacle: isReceptacle!.has(id),
    inside: inside[index]!,
  }))

  const agent = facts.get('atlocation')?.[0]
  if (!agent) throw new MisstepError('data', 'The game does not say where the agent is', { value: source.id })
  const start: StartingFacts = {
    location: places.get(agent[2]!)!,
    opened: marks(facts, 'opened', receptacleIndex),
    contents: pairs(facts, 'inreceptacle', thingIndex, receptacleIndex, receptacles.length, 'second'),
    objectLocations: pairs(facts, 'objectatlocation', thingIndex, places, objects.length, 'first'),
    clean: marks(facts, 'isclean', thingIndex),
    hot: marks(facts, 'ishot', thingIndex),
    cool: marks(facts, 'iscool', thingIndex),
    sliced: marks(facts, 'issliced', thingIndex),
    toggled: marks(facts, 'istoggled', thingIndex),
  }
  return {
    id: source.id,
    kind: source.goal.kind,
    goal: source.goal,
    sentence: source.sentence,
    receptacles,
    objects,
    locationNumbers: [...places.keys()].map(id => Number(names.get(id)!.split(' ')[1])),
    canContain: source.canContain ?? canContainOf(facts),
    start,
  }
}

/** The pairs of the `cancontain` facts, as `Game.canContain` has them. */
export function canContainOf(facts: Facts): Set<string> {
  return new Set((facts.get('cancontain') ?? []).map(fact => `${withoutType(fact[1]!)} ${withoutType(fact[2]!)}`))
}

/** The facts by predicate, in the order given. */
export function groupByPredicate(facts: readonly Fact[]): Facts {
  const groups: Facts = new Map()
  for (const fact of facts) {
    const group = groups.get(fact[0])
    if (group) group.push(fact)
    else groups.set(fact[0], [fact])
  }
  return groups
}

/** Of each kind the identifier that comes first gets the highest number, as in the original. */
function nameAll(ids: readonly string[]): Map<string, string> {
  const kinds = ids.map(kindOf)
  const left = new Map<string, number>()
  for (const kind of kinds) left.set(kind, (left.get(kind) ?? 0) + 1)
  const names = new Map<string, string>()
  for (const [index, id] of ids.entries()) {
    const kind = kinds[index]!
    const number = left.get(kind)!
    names.set(id, `${kind} ${number}`)
    left.set(kind, number - 1)
  }
  return names
}

function kindOf(id: string): string {
  return id.slice(0, id.indexOf('_bar_')) + (id.includes('basin') ? 'basin' : '')
}

/** All identifiers of visible things and places, sorted by code point. Types and the agent have no `_bar_`. */
function identifiers(facts: readonly Fact[]): string[] {
  const ids = new Set<string>()
  for (const fact of facts) {
    if (fact[0] === 'cancontain') continue
    for (let i = 1; i < fact.length; i++) ids.add(fact[i]!)
  }
  return [...ids].filter(id => id.includes('_bar_')).sort()
}

function receptacleLocations(game: string, facts: Facts, places: Map<string, number>): Map<string, number> {
  const locations = new Map<string, number>()
  for (const [, receptacle, place] of facts.get('receptacleatlocation') ?? []) {
    const location = places.get(place!)!
    const known = locations.get(receptacle!)
    if (known !== undefined && known !== location) {
      throw new MisstepError('data', `The game ${game} puts a receptacle at two locations`, { value: receptacle })
    }
    locations.set(receptacle!, location)
  }
  return locations
}

/** For each holder (the first or the second argument), the sorted indices of the others. */
function pairs(
  facts: Facts,
  predicate: string,
  firstIndex: Map<string, number>,
  secondIndex: Map<string, number>,
  size: number,
  holder: 'first' | 'second',
): number[][] {
  const lists = Array.from({ length: size }, (): number[] => [])
  for (const [, a, b] of facts.get(predicate) ?? []) {
    const first = firstIndex.get(a!)
    const second = secondIndex.get(b!)
    if (first === undefined || second === undefined) continue
    const [key, value] = holder === 'first' ? [first, second] : [second, first]
    if (!lists[key]!.includes(value)) lists[key]!.push(value)
  }
  for (const list of lists) if (list.length > 1) list.sort((a, b) => a - b)
  return lists
}

function marks(facts: Facts, predicate: string, index: Map<string, number>): boolean[] {
  const marked = new Array<boolean>(index.size).fill(false)
  for (const id of firsts(facts, predicate)) if (index.has(id)) marked[index.get(id)!] = true
  return marked
}

const firsts = (facts: Facts, predicate: string) => (facts.get(predicate) ?? []).map(fact => fact[1]!)

const typesOf = (facts: Facts, predicate: string) =>
  new Map((facts.get(predicate) ?? []).map(fact => [fact[1]!, withoutType(fact[2]!)]))

const indexOf = (ids: readonly string[]) => new Map(ids.map((id, index) => [id, index]))

const withoutType = (type: string) => (type.endsWith('type') ? type.slice(0, -4) : type)
