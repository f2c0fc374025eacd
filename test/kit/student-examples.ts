/**
 * Training rows of a student, with errors and corrections in them.
 * @module
 */
import type { Example } from '../../src/core/example.ts'
import type { Trajectory } from '../../src/core/trajectory.ts'
import { loadChatFormat, renderExamples } from '../../src/render/index.ts'

/** Trajectories of different lengths; in each, a step that was judged an error is followed by its correction. */
export function erringTrajectories(count: number): Trajectory[] {
  return Array.from({ length: count }, (_, number) => {
    const steps: Trajectory['steps'] = Array.from({ length: 3 + (number % 4) }, (_, at) => ({
      thought: `I do not see a mug. I go to drawer ${at + 1}.`,
      action: `go to drawer ${at + 1}`,
      observation: `You arrive at drawer ${at + 1}. The drawer ${at + 1} is closed.`,
      reward: 0,
      done: false,
      accepted: true,
      by: 'student',
      verdict: { ok: true },
    }))
    const wrong = 1 + (number % 2)
    steps[wrong] = { ...steps[wrong]!, verdict: { ok: false, kind: 'searched-again', reflection: 'That was empty.' } }
    steps.splice(wrong + 1, 0, {
      ...steps[wrong]!,
      thought: 'That was empty. I go to sofa 1 instead.',
      action: 'go to sofa 1',
      by: 'teacher',
    })
    delete steps[wrong + 1]!.verdict
    const last = steps.at(-1)!
    Object.assign(last, { reward: 1, done: true })
    return {
      id: `train-${number}`,
      task: { id: `train-${number}`, environment: 'households', split: 'train', kind: 'look' },
      agent: 'base',
      teacher: 'oracle',
      instruction: `find mug ${number}`,
      opening: `You are in the middle of a room. Your task is to: find mug ${number}`,
      steps,
      outcome: 'won',
      reward: 1,
      provenance: { seed: 1, environment: '1', misstep: '0', tokensIn: 0, tokensOut: 0 },
    }
  })
}

/** Rows of such trajectories. */
export async function studentExamples(student: string, count: number): Promise<Example[]> {
  const format = await loadChatFormat(student)
  return renderExamples(format, erringTrajectories(count), { mask: 'errors', maxTokens: 2048 }).examples
}
