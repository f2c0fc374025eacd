/**
 * Reads a PDDL problem of the benchmark: its facts and its goal.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import type { Fact, Goal, TaskKind } from './game.ts'
import { type Expression, readExpressions } from './s-expressions.ts'

/** What a problem says. Facts are lower case, each once, in the order of the file. */
export interface Problem {
  facts: Fact[]
  goal: Goal
}

/**
 * Reads a problem file's text.
 *
 * @throws {MisstepError} when it is no problem of this benchmark: not PDDL, an unknown goal, a fact with a wrong number of arguments
 * @example
 * readProblem(await readFile('initial_state.pddl', 'utf8')).goal // { kind: 'pick_and_place_simple', object: 'mug', receptacle: 'desk' }
 */
export function readProblem(text: string): Problem {
  const [definition] = readExpressions(text.toLowerCase())
  if (!Array.isArray(definition) || definition[0] !== 'define') {
    throw new MisstepError('data', 'This is not a PDDL problem', { value: text.slice(0, 60) })
  }
  const section = (name: string) => {
    const found = definition.find(part => Array.isArray(part) && part[0] === name)
    if (!found) throw new MisstepError('data', `The PDDL problem has no ${name} section`)
    return found as Expression[]
  }
  return { facts: readFacts(section(':init')), goal: readGoal(section(':goal')) }
}

/** Arguments of the predicates that the rules know; others only take part in naming. */
const ARGUMENTS: Record<string, number> = {
  atlocation: 2,
  receptacleatlocation: 2,
  objectatlocation: 2,
  inreceptacle: 2,
  inreceptacleobject: 2,
  receptacletype: 2,
  objecttype: 2,
  cancontain: 2,
}

function readFacts(section: readonly Expression[]): Fact[] {
  const facts = new Map<string, Fact>()
  for (const fact of new Set(section)) {
    if (fact === ':init' || (Array.isArray(fact) && fact[0] === '=')) continue
    if (!Array.isArray(fact) || fact.length === 0 || fact.some(Array.isArray)) {
      throw new MisstepError('data', 'The PDDL problem holds something that is not a fact', { value: fact })
    }
    const known = ARGUMENTS[fact[0] as string]
    if (known !== undefined && fact.length !== known + 1) {
      throw new MisstepError('data', `A fact needs ${known} arguments`, { value: fact })
    }
    if (fact[0] === 'holds') {
      throw new MisstepError('data', 'The game starts with something held, which no game of the benchmark does', {
        value: fact,
      })
    }
    facts.set(fact.join(' '), fact as string[] as unknown as Fact)
  }
  return [...facts.values()]
}

/**
 * The benchmark's six goals. All are conjunctions under `exists`, so the sorted atoms say all there is;
 * a type is written `*object`, `*receptacle` or `*lamp` here.
 */
const GOALS: Record<string, TaskKind> = {
  'inreceptacle ?o ?r; objecttype ?o *; receptacletype ?r *': 'pick_and_place_simple',
  '= ?o1 ?o2; inreceptacle ?o1 ?r; inreceptacle ?o2 ?r; objecttype ?o1 *; objecttype ?o2 *; receptacletype ?r *':
    'pick_two_obj_and_place',
  'cleanable ?o; inreceptacle ?o ?r; isclean ?o; objecttype ?o *; receptacletype ?r *':
    'pick_clean_then_place_in_recep',
  'heatable ?o; inreceptacle ?o ?r; ishot ?o; objecttype ?o *; receptacletype ?r *': 'pick_heat_then_place_in_recep',
  'coolable ?o; inreceptacle ?o ?r; iscool ?o; objecttype ?o *; receptacletype ?r *': 'pick_cool_then_place_in_recep',
  'atlocation ?a ?l; holds ?a ?o; inreceptacle ?ot ?r; istoggled ?ot; objecttype ?o *; objecttype ?ot *; receptacleatlocation ?r ?l; toggleable ?ot':
    'look_at_obj_in_light',
}

function readGoal(section: readonly Expression[]): Goal {
  const atoms = section.slice(1).flatMap(atomsOf)
  const shape = [...new Set(atoms.map(atom => (isTyped(atom) ? `${atom[0]} ${atom[1]} *` : atom.join(' '))))].sort()
  const kind = GOALS[shape.join('; ')]
  const type = (predicate: string, variable?: string) => {
    const types = atoms.filter(atom => atom[0] === predicate && (variable === undefined || atom[1] === variable))
    return types[0]?.[2]?.replace(/type$/, '') ?? ''
  }
  if (kind === undefined) {
    throw new MisstepError('data', 'The goal of this game is none of the six of the benchmark', {
      value: shape.join('; '),
    })
  }
  if (kind === 'look_at_obj_in_light') {
    return { kind, object: type('objecttype', '?o'), lamp: type('objecttype', '?ot') }
  }
  if (new Set(atoms.filter(isTyped).map(atom => `${atom[0]} ${atom[2]}`)).size !== 2) {
    throw new MisstepError('data', 'The goal of this game wants two different kinds of thing', {
      value: shape.join('; '),
    })
  }
  return { kind, object: type('objecttype'), receptacle: type('receptacletype') }
}

const isTyped = (atom: readonly string[]) => atom[0] === 'objecttype' || atom[0] === 'receptacletype'

/** The atoms of a goal. `not` occurs around `=` only, and `=` never without it, so `=` alone stands for both. */
function atomsOf(expression: Expression): string[][] {
  if (!Array.isArray(expression)) throw new MisstepError('data', 'The goal is malformed', { value: expression })
  const [head] = expression
  if (head === 'and') return expression.slice(1).flatMap(atomsOf)
  if (head === 'exists') return expression.slice(2).flatMap(atomsOf)
  if (head === 'not') {
    const inner = expression.slice(1).flatMap(atomsOf)
    if (inner.length === 1 && inner[0]![0] === '=') return inner
    throw new MisstepError('data', 'The goal denies something', { value: expression })
  }
  if (expression.some(Array.isArray)) throw new MisstepError('data', 'The goal is malformed', { value: expression })
  return [expression as string[]]
}
