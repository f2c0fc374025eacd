/**
 * What is written down of an episode. One JSON object a line in `trajectories/*.jsonl`.
 * @module
 */
import { z } from 'zod'

/** A teacher's word on one step. */
export const verdictSchema = z.object({
  ok: z.boolean(),
  /** The kind of error, such as `rejected`; absent when ok. */
  kind: z.string().optional(),
  /** What was wrong and why; absent when ok. */
  reflection: z.string().optional(),
})
export type Verdict = z.infer<typeof verdictSchema>

/** Who chose a step's move. */
export const actorSchema = z.enum(['student', 'teacher', 'expert'])
export type Actor = z.infer<typeof actorSchema>

export const stepSchema = z.object({
  thought: z.string(),
  action: z.string(),
  /** What the actor wrote, where it differs from `Thought: …\nAction: …` of the two fields above. */
  text: z.string().optional(),
  observation: z.string(),
  reward: z.number(),
  done: z.boolean(),
  /** False when the environment did not accept the action. */
  accepted: z.boolean(),
  by: actorSchema,
  verdict: verdictSchema.optional(),
})
export type Step = z.infer<typeof stepSchema>

export const outcomeSchema = z.enum(['won', 'lost', 'truncated'])

export const trajectorySchema = z.object({
  /** Unique within its file: the task's id, and the round where a task is played more than once. */
  id: z.string(),
  task: z.object({ id: z.string(), environment: z.string(), split: z.string(), kind: z.string() }),
  agent: z.string(),
  teacher: z.string().optional(),
  instruction: z.string(),
  /** The observation before the first step. */
  opening: z.string(),
  steps: z.array(stepSchema),
  /** `won`: the goal was reached; `lost`: the world ended without; `truncated`: the step limit came first. */
  outcome: outcomeSchema,
  reward: z.number(),
  provenance: z.object({
    seed: z.union([z.number(), z.string()]),
    recipe: z.string().optional(),
    model: z.string().optional(),
    /** sha256 of the checkpoint's weights. */
    checkpoint: z.string().optional(),
    environment: z.string(),
    misstep: z.string(),
    tokensIn: z.number(),
    tokensOut: z.number(),
  }),
})
export type Trajectory = z.infer<typeof trajectorySchema>
