import { describe, expect, it } from 'vitest'
import { step, trajectory, wrongStep } from '../../test/evaluation-fixture.ts'
import { episodeScoreSchema, scoreTrajectory } from './scores.ts'

describe('scoreTrajectory', () => {
  it('counts no error in an episode that a judge found right throughout', () => {
    const score = scoreTrajectory(trajectory([step('go to desk 1'), step('take mug 1')]))
    expect(score).toMatchObject({ won: true, steps: 2, judged: 2, errors: 0, recovered: 0, loops: 0, rejected: 0 })
    expect(episodeScoreSchema.parse(score)).toEqual(score)
  })

  it('counts an error as recovered by the first right step within three, and says how far that was', () => {
    const score = scoreTrajectory(trajectory([wrongStep('a'), wrongStep('b'), step('c'), wrongStep('d'), step('e')]))
    expect(score).toMatchObject({ errors: 3, recovered: 3, stepsToRecover: [2, 1, 1] })
  })

  it('leaves an error unrecovered when the right step comes after more than three, or never', () => {
    const late = [wrongStep('a'), wrongStep('b'), wrongStep('c'), wrongStep('d'), step('e')]
    expect(scoreTrajectory(trajectory(late))).toMatchObject({ errors: 4, recovered: 3, stepsToRecover: [3, 2, 1] })
    expect(scoreTrajectory(trajectory([wrongStep('a')]))).toMatchObject({ errors: 1, recovered: 0 })
  })

  it('does not take the wrong action over again, nor a rejected one, for a recovery', () => {
    expect(scoreTrajectory(trajectory([wrongStep('a'), step('a')])).recovered).toBe(0)
    expect(scoreTrajectory(trajectory([wrongStep('a'), step('b', { accepted: false })])).recovered).toBe(0)
  })

  it('takes a rejected action for an error only where no judge spoke', () => {
    const { verdict: _, ...unjudged } = step('a', { accepted: false })
    const judged = step('b', { accepted: false })
    expect(scoreTrajectory(trajectory([unjudged, judged]))).toMatchObject({
      errors: 1,
      errorKinds: { rejected: 1 },
      rejected: 2,
      judged: 1,
    })
  })

  it('holds no teacher step against the student, nor for it', () => {
    const steps = [wrongStep('a'), step('b', { by: 'teacher' }), wrongStep('c', 'rejected', { by: 'teacher' })]
    expect(scoreTrajectory(trajectory(steps))).toMatchObject({ errors: 1, recovered: 0 })
  })

  it('counts an error that was made before in the episode as repeated, and errors by kind', () => {
    const steps = [wrongStep('a'), step('b'), wrongStep(' a '), wrongStep('c', '__proto__')]
    const score = scoreTrajectory(trajectory(steps))
    expect(score).toMatchObject({ errors: 3, repeatedErrors: 1 })
    expect(score.errorKinds['searched-again']).toBe(2)
  })

  it('sees a loop at the third sight of the same action and answer, in cycles too', () => {
    const cycle = ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b'].map(action => step(action))
    expect(scoreTrajectory(trajectory(cycle)).loops).toBe(2)
    const answered = [1, 2, 3].map(at => step('look', { observation: `You see ${at} things.` }))
    expect(scoreTrajectory(trajectory(answered)).loops).toBe(0)
  })

  it('does not call it a loop when the same is far apart', () => {
    const far = Array.from({ length: 30 }, (_, at) => step(at % 14 === 0 ? 'look' : `go to ${at}`))
    expect(scoreTrajectory(trajectory(far)).loops).toBe(0)
  })

  it('tells a won episode from one that only ended', () => {
    expect(scoreTrajectory(trajectory([step('a')], { outcome: 'truncated', reward: 0.5 }))).toMatchObject({
      won: false,
      reward: 0.5,
    })
  })
})
