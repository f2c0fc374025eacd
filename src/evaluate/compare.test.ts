import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { score, scores } from '../../test/evaluation-fixture.ts'
import { createRandom } from '../core/random.ts'
import { compareArms } from './compare.ts'
import { measure, successOf } from './measures.ts'
import type { EpisodeScore } from './scores.ts'

const arm = (name: string, own: readonly EpisodeScore[]) => ({ name, scores: own, sources: [`scores/${name}.jsonl`] })
const shuffled = (own: readonly EpisodeScore[]) => createRandom('shuffle').shuffle(own)
/** The same tasks again in another run. */
const again = (own: readonly EpisodeScore[], run: string) => own.map(one => ({ ...one, id: `${run}/${one.id}` }))

/** Two arms on the same episodes; some tasks come up several times. */
const twoArms = fc
  .array(fc.tuple(fc.nat(30), fc.boolean(), fc.boolean(), fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 40 })
  .map(rows => {
    const build = (pick: 1 | 2) =>
      rows.map(([task, first, second, errors, recovered], at) => {
        const won = pick === 1 ? first : second
        return score({ id: `${at}`, task: `${task}`, won, errors, recovered: Math.min(errors, recovered * (pick - 1)) })
      })
    return [build(1), build(2)] as const
  })

describe('compareArms', () => {
  it('finds the counts, the difference and where it comes from', () => {
    const wins = (pattern: string) => [...pattern].map((win, at) => score({ id: `${at}`, won: win === '+' }))
    const comparison = compareArms('unseen', arm('step', wins('++++-')), arm('golden', wins('+---+')))
    expect(comparison).toMatchObject({ pairs: 5, tasks: 5, onlyBetterWon: 3, onlyWorseWon: 1, method: 'paired' })
    expect(comparison.difference).toBeCloseTo(0.4, 12)
    expect(comparison.pValue).toBeCloseTo(10 / 16, 12)
    expect(comparison.sources).toEqual(['scores/step.jsonl', 'scores/golden.jsonl'])
    expect(comparison.recovery).toBeNull()
  })

  it('holds its difference, turns around when the arms are swapped, and does not care for the order of episodes', () => {
    fc.assert(
      fc.property(twoArms, ([first, second]) => {
        const one = compareArms('unseen', arm('a', first), arm('b', second))
        expect(one.low).toBeLessThanOrEqual(one.difference)
        expect(one.high).toBeGreaterThanOrEqual(one.difference)
        expect(compareArms('unseen', arm('a', shuffled(first)), arm('b', shuffled(second)))).toEqual(one)
        const other = compareArms('unseen', arm('b', second), arm('a', first))
        expect(other.difference).toBeCloseTo(-one.difference, 10)
        expect(other.low).toBeCloseTo(-one.high, 10)
        expect(other.high).toBeCloseTo(-one.low, 10)
        expect(other.pValue).toBeCloseTo(one.pValue, 10)
        if (one.recovery) expect(other.recovery!.low).toBeCloseTo(-one.recovery.high, 10)
      }),
      { numRuns: 25 },
    )
  })

  it('is not made surer by playing every task three times over with the same end', () => {
    const [first, second] = [scores('step', 'unseen', 0.55, 0.7), scores('golden', 'unseen', 0.45, 0.4)]
    const once = compareArms('unseen', arm('step', first), arm('golden', second))
    const thrice = (own: EpisodeScore[]) => ['1', '2', '3'].flatMap(run => again(own, run))
    const repeated = compareArms('unseen', arm('step', thrice(first)), arm('golden', thrice(second)))
    expect(repeated).toMatchObject({ method: 'clustered', pairs: 3 * once.pairs, tasks: once.tasks })
    expect(repeated.difference).toBeCloseTo(once.difference, 12)
    expect((repeated.high - repeated.low) / (once.high - once.low)).toBeCloseTo(1, 0.8)
    expect(repeated.pValue).toBeCloseTo(once.pValue, 1.5)
  })

  it('refuses arms that did not play the same episodes, and episodes that are there twice', () => {
    const one = [score({ id: 'a' }), score({ id: 'b' })]
    expect(() => compareArms('unseen', arm('a', one), arm('b', [score({ id: 'a' })]))).toThrow(
      'do not share all episodes',
    )
    expect(() => compareArms('unseen', arm('a', [...one, one[0]!]), arm('b', one))).toThrow('twice')
    expect(() => compareArms('unseen', arm('a', []), arm('b', []))).toThrow('do not share')
  })
})

describe('measure', () => {
  it('adds up the measures over episodes', () => {
    const own = [
      score({ id: '1', won: true, steps: 10, errors: 4, recovered: 3, stepsToRecover: [1, 1, 3], repeatedErrors: 1 }),
      score({ id: '2', steps: 30, errors: 4, rejected: 2, loops: 7 }),
    ]
    const measures = measure(own)
    expect(measures).toMatchObject({
      errorRate: 8 / 40,
      recoveryRate: 3 / 8,
      stepsToRecover: 5 / 3,
      repeatedErrorRate: 1 / 8,
      loopRate: 1 / 2,
      rejectedRate: 2 / 40,
      stepsWhenWon: 10,
      reward: 0.5,
    })
  })

  it('has no recovery rate without errors, and no steps when nothing was won', () => {
    const measures = measure([score({ id: '1' })])
    expect(measures).toMatchObject({ errorRate: 0, recoveryRate: null, stepsToRecover: null, stepsWhenWon: null })
    expect(measures.intervals.recoveryRate).toBeNull()
  })

  it('is the same in whatever order the episodes come', () => {
    const own = scores('step', 'unseen', 0.5, 0.6, 1, 40)
    expect(measure(shuffled(own))).toEqual(measure(own))
    expect(successOf(shuffled(own))).toEqual(successOf(own))
  })
})

describe('successOf', () => {
  it('widens the interval to what the tasks can bear when they repeat', () => {
    const own = scores('step', 'unseen', 0.5, 0.6, 1, 60)
    const once = successOf(own)
    const repeated = successOf(['1', '2', '3'].flatMap(run => again(own, run)))
    expect(repeated).toMatchObject({ tasks: 60, episodes: 180, success: once.success })
    expect((repeated.high - repeated.low) / (once.high - once.low)).toBeCloseTo(1, 0.8)
  })

  it('claims no certainty where everything was won, or nothing, however often it was repeated', () => {
    for (const won of [true, false]) {
      const own = Array.from({ length: 40 }, (_, at) => score({ id: `${at}`, won }))
      const repeated = ['1', '2', '3'].flatMap(run => again(own, run))
      expect(successOf(repeated)).toMatchObject({ low: successOf(own).low, high: successOf(own).high })
      const { low, high } = compareArms('unseen', arm('a', repeated), arm('b', repeated))
      expect(high).toBeGreaterThan(0.05)
      expect(low).toBeCloseTo(-high, 12)
    }
  })
})
