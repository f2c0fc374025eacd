/**
 * Our compact pack of games: about 2 kB a game, loaded in well under a millisecond.
 *
 * Gzipped JSONL. The first line says what it is and holds the sets of `cancontain` facts that games share; every
 * other line is a game: its identifiers sorted, and its facts by predicate as indices into them.
 * @module
 */
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import { canContainOf, groupByPredicate } from './build-game.ts'
import { type Fact, type GameSource, type Goal, TASK_KINDS } from './game.ts'
import { digestGame, digestSplit, type SplitDigest } from './game-digest.ts'
import type { GameEntry, PackedGames } from './game-entry.ts'
import { gunzipLines, parseLine } from './packed-lines.ts'

const FORMAT = 'misstep-alfworld-games'

const headSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  /** Lines that follow. */
  games: z.number().int(),
  canContain: z.array(z.array(z.string())),
})

const goalSchema = z.object({
  kind: z.enum(TASK_KINDS),
  object: z.string(),
  receptacle: z.string().optional(),
  lamp: z.string().optional(),
})

interface PackedGame {
  id: string
  sentence: string
  goal: Goal
  /** Index into the head's `canContain`. */
  canContain: number
  names: string[]
  /** Facts of one argument and of two, flat. */
  one: Record<string, number[]>
  two: Record<string, number[]>
}

/** Packs games one by one, so that their sources need not be kept. */
export interface Packer {
  add(source: GameSource): void
  /** What was added, in the form of a file; the same games give the same bytes where they share their `cancontain` facts. */
  finish(): { data: Buffer; split: SplitDigest }
}

/**
 * Starts a pack.
 *
 * @example
 * const packer = createPacker()
 * for (const source of sources) packer.add(source)
 * await writeFile('games-train.jsonl.gz', packer.finish().data)
 */
export function createPacker(): Packer {
  const sets: string[][] = []
  const known = new Map<string, number>()
  const lines = new Map<string, string>()
  const digests = new Map<string, string>()
  return {
    add(source) {
      if (lines.has(source.id)) throw new MisstepError('data', 'The same game comes twice', { value: source.id })
      const set = [...(source.canContain ?? canContainOf(groupByPredicate(source.facts)))].sort()
      const key = set.join('\n')
      if (!known.has(key)) known.set(key, sets.push(set) - 1)
      lines.set(source.id, JSON.stringify(pack(source, known.get(key)!)))
      digests.set(source.id, digestGame(source))
    },
    finish() {
      const split = digestSplit(digests)
      const head = { format: FORMAT, version: 1, games: lines.size, canContain: sets }
      const sorted = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)
      const text = [JSON.stringify(head), ...sorted].join('\n')
      return { data: gzipSync(`${text}\n`, { level: 9 }), split }
    },
  }
}

function pack(source: GameSource, canContain: number): PackedGame {
  const { id, sentence, goal } = source
  const facts = source.facts.filter(([predicate]) => predicate !== 'cancontain')
  const names = [...new Set(facts.flatMap(([, ...args]) => args))].sort()
  const index = new Map(names.map((name, position) => [name, position]))
  const packed: PackedGame = { id, sentence, goal, canContain, names, one: {}, two: {} }
  for (const [predicate, ...args] of facts) {
    if (args.length < 1 || args.length > 2) {
      throw new MisstepError('data', `The game ${id} has a fact of ${args.length} arguments`, { value: predicate })
    }
    const group = args.length === 1 ? packed.one : packed.two
    group[predicate] ??= []
    group[predicate].push(...args.map(name => index.get(name)!))
  }
  return packed
}

/**
 * Opens a pack; each game is parsed when asked for.
 *
 * @throws {MisstepError} when the data are no such pack, or lack games
 * @example
 * readPack(await readFile('games-train.jsonl.gz'), 'train').read(id)
 */
export function readPack(data: Uint8Array, split: string, name = 'the pack'): PackedGames {
  const lines = gunzipLines(data, name)
  const head = lines.spans.length > 0 ? parseLine(headSchema, lines.text(0), 0, name) : undefined
  if (head?.games !== lines.spans.length - 1) throw new MisstepError('data', `${name} does not hold all of its games`)
  const sets = head.canContain.map(set => new Set(set))
  const byId = new Map<string, number>()
  const entries = lines.spans.slice(1).map((_, offset): GameEntry => {
    const start = lines.text(offset + 1, 600)
    const match = /^\{"id":"([^"]+)".*?"kind":"([a-z_]+)"/.exec(start)
    const kind = TASK_KINDS.find(candidate => candidate === match?.[2])
    if (!match || !kind) throw new MisstepError('data', `Line ${offset + 2} of ${name} is no game`, { value: start })
    byId.set(match[1]!, offset + 1)
    return { id: match[1]!, split, kind }
  })
  return {
    entries,
    has: id => byId.has(id),
    read(id) {
      const index = byId.get(id)
      return index === undefined ? undefined : unpack(lines.text(index), sets, index, name)
    },
  }
}

function unpack(text: string, sets: readonly Set<string>[], index: number, name: string): GameSource {
  const { id, sentence, goal, canContain, names, one, two } = parseLine(gameSchema, text, index, name)
  const facts: Fact[] = []
  const nameOf = (position: number) => names[position] ?? ''
  for (const [predicate, args] of Object.entries(one)) {
    for (const position of args) facts.push([predicate, nameOf(position)])
  }
  for (const [predicate, args] of Object.entries(two)) {
    for (let i = 0; i + 1 < args.length; i += 2) facts.push([predicate, nameOf(args[i]!), nameOf(args[i + 1]!)])
  }
  return { id, sentence, goal: goal as Goal, facts, canContain: sets[canContain] ?? new Set() }
}

const gameSchema = z.object({
  id: z.string(),
  sentence: z.string(),
  goal: goalSchema,
  canContain: z.number().int(),
  names: z.array(z.string()),
  one: z.record(z.string(), z.array(z.number())),
  two: z.record(z.string(), z.array(z.number())),
})
