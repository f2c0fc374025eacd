/**
 * What one training comes to in a report: its budget and its learning curve.
 * @module
 */
import { z } from 'zod'
import type { TrainEvent } from '../core/engine.ts'
import { MisstepError } from '../core/errors.ts'
import { count } from './format.ts'

export const trainingSummarySchema = z.object({
  optimiserSteps: z.number(),
  tokens: z.number(),
  trainedTokens: z.number(),
  /** Mean loss over the last tenth of the steps, in nats a trained token. */
  finalLoss: z.number(),
  /** Each loss is a mean over a stretch of steps that ends at the step; at most 100 points. */
  curve: z.array(z.tuple([z.number(), z.number()])),
  examples: z.number().optional(),
  /** How many of them train one turn of a trajectory, since the chat template rewrites what was said before; absent: none. */
  singleTurns: z.number().optional(),
  /** Files, relative to the report. */
  sources: z.object({ log: z.string(), examples: z.string().optional() }),
})
export type TrainingSummary = z.infer<typeof trainingSummarySchema>

/**
 * Sums up one training from its events. A step that is there twice, as after a resume, counts once: the later one.
 *
 * @throws {MisstepError} `data` when there is no event
 * @example
 * summariseTraining(events, { log: 'log.jsonl', examples: 'examples/step.jsonl' }, { examples: 412 })
 */
export function summariseTraining(
  events: readonly TrainEvent[],
  sources: TrainingSummary['sources'],
  rows: Pick<TrainingSummary, 'examples' | 'singleTurns'> = {},
): TrainingSummary {
  const steps = [...new Map(events.map(event => [event.step, event])).values()].sort((a, b) => a.step - b.step)
  const last = steps.at(-1)
  if (!last) throw new MisstepError('data', 'A training log is empty', { value: sources.log })
  const stretch = Math.ceil(steps.length / 100)
  const curve: [number, number][] = []
  for (let from = 0; from < steps.length; from += stretch) {
    const part = steps.slice(from, from + stretch)
    curve.push([part.at(-1)!.step, meanLoss(part)])
  }
  return {
    optimiserSteps: last.step,
    tokens: last.tokens,
    trainedTokens: last.trainedTokens,
    finalLoss: meanLoss(steps.slice(-Math.ceil(steps.length / 10))),
    curve,
    ...rows,
    sources,
  }
}

function meanLoss(events: readonly TrainEvent[]): number {
  return events.reduce((sum, event) => sum + event.loss, 0) / events.length
}

/** How many examples there are, in words; nothing to tell as a dash. */
export function exampleCount({ examples, singleTurns }: Pick<TrainingSummary, 'examples' | 'singleTurns'>): string {
  if (examples === undefined) return '–'
  return singleTurns ? `${count(examples)}, of these ${count(singleTurns)} of one turn` : count(examples)
}
