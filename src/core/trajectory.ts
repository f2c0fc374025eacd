/**
 * What is written down of an episode. One JSON object a line in `trajectories/*.jsonl`.
 * @module
 */
import { z } from 'zod'

/** The kind of a verdict of a teacher that could not tell. It is not ok, so that such a step is never trained by accident. */
export const UNJUDGED = 'unjudged'

/** A teacher's word on one step. */
export const verdictSchema = z.object({
  /** False for an error, and for a step that could not be judged. */
  ok: z.boolean(),
  /** The kind of error, such as `rejected`, or `unjudged`; absent when ok. */
  kind: z.string().optional(),
  /** What was wrong and why; absent when ok. */
  reflection: z.string().optional(),
  /** Why it could not be judged. */
  note: z.string().optional(),
  /** Corrections that the environment rejected on a fork, so that they were not made, and what it answered. */
  withheld: z.array(z.object({ action: z.string(), reason: z.string() })).optional(),
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
  /**
   * What the model sampled, in ids of its own tokenizer, where it tells them. Rows are made of these where they say just what
   * the step says; else its text is cut into tokens again.
   */
  tokenIds: z.array(z.int()).optional(),
  observation: z.string(),
  reward: z.number(),
  done: z.boolean(),
  /** False when the environment did not accept the action. */
  accepted: z.boolean(),
  by: actorSchema,
  verdict: verdictSchema.optional(),
  /**
   * False where the environment was never asked: an action that was withdrawn before it was executed, or a reflection in
   * a turn of its own, whose action is empty. The observation is then what the loop said.
   */
  executed: z.boolean().optional(),
  /** Messages of the conversation that the agent did not see whole, since they did not fit its context. */
  shortened: z.number().int().optional(),
})
export type Step = z.infer<typeof stepSchema>

/**
 * Whether a step reached the environment; the others are words only, and no replay or count of steps holds them.
 *
 * @example
 * for (const step of trajectory.steps.filter(wasExecuted)) await episode.step(step.action)
 */
export const wasExecuted = (step: Pick<Step, 'executed'>): boolean => step.executed !== false

/** What a model was asked, and what that cost. */
export const spentSchema = z.object({
  model: z.string(),
  requests: z.number(),
  tokensIn: z.number(),
  tokensOut: z.number(),
  cost: z.number().optional(),
})

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
  /**
   * `won`: the goal was reached; `lost`: the world ended without; `truncated`: the step limit came first, or an exploration
   * ended at a step that could no longer be put right.
   */
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
    /** What the agent's moves cost, in the currency of the endpoint's prices; absent where none are known. */
    cost: z.number().optional(),
    /** What the teacher used up, where it uses up anything. */
    teacher: spentSchema.optional(),
  }),
})
export type Trajectory = z.infer<typeof trajectorySchema>
