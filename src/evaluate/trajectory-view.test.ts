import { describe, expect, it } from 'vitest'
import { reflectedTrajectory } from '../../test/evaluation-fixture.ts'
import type { Span } from '../core/example.ts'
import { trajectoryView } from './trajectory-view.ts'

const showcase = { trajectory: reflectedTrajectory(), file: 'trajectories/explore.jsonl' }
/** The class and text of each step, in order. */
const stepsOf = (text: string) =>
  [...text.matchAll(/<li class="step ([^"]*)"[\s\S]*?<\/li>/g)].map(([all, style]) => [style, all])

describe('trajectoryView', () => {
  it('dims the error as masked and marks the reflection that follows it', () => {
    const steps = stepsOf(trajectoryView(showcase).text)
    expect(steps.map(([style]) => style)).toEqual(['', '', '', 'is-wrong is-masked', 'is-reflection', '', '', ''])
    expect(steps[3]![1]).toContain('error: searched-again')
    expect(steps[3]![1]).toContain('masked, no loss')
    expect(steps[4]![1]).toContain('<mark>Wait, drawer 1 was empty')
    expect(steps[4]![1]).toContain('trained')
  })

  it('folds what is far from the error, and loses no step by it', () => {
    const text = trajectoryView(showcase).text
    expect(text.match(/<details>/g)).toHaveLength(2)
    expect(text).toContain('Steps 1 to 2')
    expect(text).toContain('Steps 7 to 8')
    expect(stepsOf(text)).toHaveLength(8)
  })

  it('goes by the token mask where it has one, and shows every token as what it is', () => {
    const span = (from: number, step: number, trained: boolean, error?: boolean): Span => ({
      from,
      to: from + 1,
      step,
      role: step < 0 ? 'user' : 'assistant',
      trained,
      ...(error ? { error } : {}),
    })
    const spans = [span(0, -1, false), span(1, 2, true), span(2, 3, true, true), span(3, 4, true)]
    const example = {
      id: '1',
      input_ids: [1, 2, 3, 4],
      labels: [-100, 2, -100, 4],
      attention_mask: [1, 1, 1, 1],
      spans,
    }
    const tokens = { example, pieces: ['put', ' open', ' <b>', ' Wait'], file: 'examples/step.jsonl' }
    const text = trajectoryView({ ...showcase, tokens }).text
    expect(stepsOf(text)[3]![0]).toBe('is-wrong')
    expect(text).toContain(
      '<span class="off">put</span><span class="on"> open</span><span class="error"> &#60;b&#62;</span><span class="on"> Wait</span>',
    )
    expect(text).toContain('4 tokens, 2 of them trained')
  })
})
