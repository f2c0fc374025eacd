import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MisstepError } from '../../core/errors.ts'
import { readProblem } from './problem.ts'
import { readExpressions } from './s-expressions.ts'

const simple = `(and (exists (?r - receptacle) (exists (?o - object)
  (and (inReceptacle ?o ?r) (objectType ?o MugType) (receptacleType ?r DeskType)))))`
const problem = (init: string, goal = simple) =>
  `(define (problem p) (:domain alfred) (:objects agent1 - agent) (:init ${init}) (:goal ${goal}))`

describe('readProblem', () => {
  it('reads facts in lower case, each once, without costs and comments', () => {
    const text = problem(`
      (= (total-cost) 0) ; (opened Desk_bar_1)
      (atLocation agent1 Loc_bar_1) (cleanable Mug_bar_1)
      (cleanable mug_bar_1)`)
    expect(readProblem(text)).toEqual({
      facts: [
        ['atlocation', 'agent1', 'loc_bar_1'],
        ['cleanable', 'mug_bar_1'],
      ],
      goal: { kind: 'pick_and_place_simple', object: 'mug', receptacle: 'desk' },
    })
  })

  it('tells the goals apart whatever the order of their parts', () => {
    const two = `(exists (?r - receptacle) (exists (?o1 - object) (and (objectType ?o1 PenType) (receptacleType ?r BedType)
      (inReceptacle ?o1 ?r) (exists (?o2 - object) (and (not (= ?o1 ?o2)) (objectType ?o2 PenType)
      (receptacleType ?r BedType) (inReceptacle ?o2 ?r))))))`
    const heat = `(exists (?r - receptacle) (exists (?o - object) (and (isHot ?o) (receptacleType ?r BedType)
      (heatable ?o) (inReceptacle ?o ?r) (objectType ?o EggType))))`
    const look = `(and (exists (?o - object ?a - agent) (and (holds ?a ?o) (objectType ?o PenType)))
      (exists (?ot - object ?r - receptacle ?a - agent ?l - location) (and (objectType ?ot DeskLampType) (isToggled ?ot)
      (toggleable ?ot) (receptacleAtLocation ?r ?l) (atLocation ?a ?l) (inReceptacle ?ot ?r))))`
    const goal = (text: string) => readProblem(problem('(a b)', text)).goal
    expect(goal(two)).toEqual({ kind: 'pick_two_obj_and_place', object: 'pen', receptacle: 'bed' })
    expect(goal(heat)).toEqual({ kind: 'pick_heat_then_place_in_recep', object: 'egg', receptacle: 'bed' })
    expect(goal(look)).toEqual({ kind: 'look_at_obj_in_light', object: 'pen', lamp: 'desklamp' })
    expect(() => goal(two.replace('?o2 PenType', '?o2 MugType'))).toThrow(/different/)
  })

  it('refuses what is not a problem of the benchmark, and says what is wrong', () => {
    const refused: [string, RegExp][] = [
      ['', /not a PDDL problem/],
      ['{"a": 1}', /not a PDDL problem/],
      ['(define (problem p)', /last parenthesis/],
      ['(define))', /too many/],
      ['(define (problem p))', /no :init/],
      [problem('(inReceptacle a)'), /2 arguments/],
      [problem('(a (b))'), /not a fact/],
      [problem('(holds agent1 mug_bar_1)'), /something held/],
      [problem('(a b)', '(or (a b))'), /malformed/],
      [problem('(a b)', '(and (not (opened ?r)))'), /denies/],
      [problem('(a b)', '(and (opened ?r))'), /none of the six/],
      [`(define ${'('.repeat(10_000)}`, /too deeply/],
    ]
    for (const [text, message] of refused) expect(() => readProblem(text), text.slice(0, 80)).toThrow(message)
  })

  it('throws nothing but its own errors, whatever the text', () => {
    const text = fc.array(fc.constantFrom('(', ')', ' ', 'define', ':init', ':goal', 'and', 'not', '=', ';', '\n', 'x'))
    const property = fc.property(text, words => {
      try {
        readProblem(words.join(''))
      } catch (error) {
        expect(error).toBeInstanceOf(MisstepError)
      }
    })
    fc.assert(property, { numRuns: 300, seed: 1 })
  })
})

describe('readExpressions', () => {
  it('reads nested lists and drops comments', () => {
    expect(readExpressions('(a (b c)) ; (d\ne')).toEqual([['a', ['b', 'c']], 'e'])
  })
})
