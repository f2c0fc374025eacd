/**
 * Reads the benchmark's own game files, `game.tw-pddl`.
 * @module
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import type { GameSource } from './game.ts'
import { readProblem } from './problem.ts'

/** What a game file says. */
export interface GameFile {
  source: GameSource
  /** The version of its data, which decides the wording. */
  version: '2.1.3' | '2.1.1'
  /** The benchmark plays only games that its planner could solve. */
  solvable: boolean
  /** The planner's plan as the file has it; some files name things by identifier there. */
  walkthrough: readonly string[]
}

const fileSchema = z.object({
  pddl_domain: z.string(),
  grammar: z.string(),
  pddl_problem: z.string(),
  solvable: z.boolean().optional(),
  walkthrough: z.array(z.string()).nullish(),
})

/**
 * Reads the text of a game file. The file brings its own rules and grammar; ours are those of the published
 * versions 2.1.1 and 2.1.3 (and of the current source, which says the same as 2.1.3), so any other is refused.
 *
 * @param id the game's id, `<split>/<task folder>/<trial folder>`; see `gameIdOf`
 * @throws {MisstepError} when the text is no game file, or its rules or grammar are not known
 * @example
 * readGameFile(await readFile(path, 'utf8'), gameIdOf(path)).source.sentence // 'put a mug in desk.'
 */
export function readGameFile(text: string, id: string): GameFile {
  const file = readJson(text, id)
  const { sentence, rest } = splitGrammar(file.grammar, id)
  const grammar = GRAMMARS[digest(rest, plain)]
  const version = grammar === 'current' ? '2.1.3' : grammar
  if (version === undefined || DOMAINS[digest(file.pddl_domain, plainDomain)] !== version) {
    throw new MisstepError('data', `The game ${id} brings ${version ? 'rules' : 'a grammar'} of an unknown version`, {
      advice: 'Known are data versions 2.1.1 and 2.1.3 of the benchmark.',
    })
  }
  return {
    source: { id, sentence, ...readProblem(file.pddl_problem) },
    version,
    solvable: file.solvable ?? false,
    walkthrough: file.walkthrough ?? [],
  }
}

/** The id of the game in a file: the last three folders of its path. */
export function gameIdOf(path: string): string {
  return path.replaceAll('\\', '/').split('/').slice(-4, -1).join('/')
}

function readJson(text: string, id: string): z.infer<typeof fileSchema> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new MisstepError('data', `The game ${id} is not a game file: it is not JSON`, { cause })
  }
  const result = fileSchema.safeParse(value)
  if (result.success) return result.data
  const missing = result.error.issues.map(issue => issue.path.join('.')).join(', ')
  throw new MisstepError('data', `The game ${id} is not a game file: check ${missing || 'its shape'}`)
}

const TASK = 'Your task is to: '

/** Takes the task sentence out of the grammar, which is the only part that differs from game to game. */
function splitGrammar(grammar: string, id: string): { sentence: string; rest: string } {
  const start = grammar.indexOf(TASK) + TASK.length
  const end = grammar.indexOf('\n', start)
  const line = /^(.*)"\s*$/.exec(grammar.slice(start, end))
  if (start < TASK.length || !line) throw new MisstepError('data', `The grammar of the game ${id} has no task sentence`)
  return { sentence: line[1]!, rest: grammar.slice(0, start) + grammar.slice(end) }
}

/**
 * The rules without comments and without the type `SinkType`: four games spell it out, the others have it in a comment,
 * and no receptacle is of that type.
 */
const plainDomain = (domain: string) => plain(domain.replace(/;.*/g, '').replace('(receptacleType ?r SinkType)', ''))

const plain = (text: string) => text.replace(/\s+/g, ' ').trim()

const digests = new Map<string, string>()

/** The first 16 digits of sha256 of a normalised text, remembered because thousands of files share a few texts. */
function digest(text: string, normalise: (text: string) => string): string {
  let known = digests.get(text)
  if (known === undefined) {
    known = createHash('sha256').update(normalise(text)).digest('hex').slice(0, 16)
    if (digests.size < 64) digests.set(text, known)
  }
  return known
}

const GRAMMARS: Record<string, '2.1.1' | '2.1.3' | 'current'> = {
  c2ee8f10ee698c05: '2.1.1',
  '9b3faf692e70b519': '2.1.3',
  a83538ad7fd1140b: 'current',
}

const DOMAINS: Record<string, '2.1.1' | '2.1.3'> = {
  c398bac7936b4387: '2.1.1',
  '68c0c8ed4392a559': '2.1.3',
}
