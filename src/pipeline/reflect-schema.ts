/**
 * The part of a recipe in which an agent explores under the eyes of a teacher.
 * @module
 */
import { z } from 'zod'
import { FORMATS, type FormatName } from '../agents/index.ts'
import { endpointSchema } from '../models/chat/endpoint.ts'
import { count, kebab, share, temperature } from './schema-parts.ts'

const keepSchema = z
  .union([z.literal('won'), z.strictObject({ reward: share })], { error: 'must be won, or { reward: 0.5 }' })
  .default('won')

/** A language model that judges and corrects; see `ChatTeacherOptions`. */
const teacherModelSchema = z.strictObject({
  model: endpointSchema,
  /** Just what the student has seen; or also what is possible, and what an expert that knows all would do. */
  sees: z.enum(['seen', 'everything']).default('seen'),
  /** A prompt of one's own, from the recipe's folder. Default: the `prompts/teacher.md` of the package. */
  prompt: z.string().min(1).optional(),
  /** How often it is asked about one step at most. */
  attempts: count.default(3),
  /** Most tokens of an answer. */
  answerTokens: count.default(512),
})
export type TeacherModel = z.output<typeof teacherModelSchema>

const teacherSchema = z.union([z.literal('oracle'), teacherModelSchema], {
  error: 'must be oracle, or a model: { model: { url: …, model: … } }',
})

/** A language model that explores; see `ChatAgentOptions`. */
const agentModelSchema = z.strictObject({
  model: endpointSchema,
  /** How it writes its moves. Default: `react`. */
  format: z.enum(Object.keys(FORMATS) as [FormatName, ...FormatName[]]).exactOptional(),
  /** Worked examples that it is shown first. Default: none. */
  examples: z.int().min(0).exactOptional(),
})
export type AgentModel = z.output<typeof agentModelSchema>

const agentSchema = z.union([kebab, agentModelSchema], {
  error: 'must be the name of an arm, or a model: { model: { url: …, model: … } }',
})

/** How an agent explores while a teacher watches and corrects each of its steps. */
export const reflectSchema = z.strictObject({
  /** The arm whose checkpoint plays, or a model behind an endpoint. */
  agent: agentSchema.default('base'),
  /** The environment's own judge, or a model behind an endpoint. */
  teacher: teacherSchema.default('oracle'),
  /** When the teacher steps in: after the wrong action was executed, or instead of it. */
  when: z.enum(['after', 'before']).default('after'),
  /** Where the reflection stands: in the thought of the corrected step, or in a turn of its own. */
  place: z.enum(['thought', 'turn']).default('thought'),
  /** Which trajectories are trained on: those that are won, or those with at least this reward. */
  keep: keepSchema,
  /** Default: the environment's own. */
  stepLimit: count.optional(),
  temperature: temperature.default(0),
  /** How often each task is explored. */
  rounds: count.default(1),
  /** An arm that was trained on the exploration, and explores the same tasks once more: `reflected-again`. */
  again: kebab.optional(),
})
export type Reflect = z.output<typeof reflectSchema>

/** The arm that explores; `undefined` where a model behind an endpoint does. */
export function exploringArm({ agent }: Pick<Reflect, 'agent'>): string | undefined {
  return typeof agent === 'string' ? agent : undefined
}

/**
 * Of the reflect part, what its trajectories depend on: not where an endpoint is, nor how fast it may be asked or how much
 * it may cost, so that a server may move and a budget be raised while a run goes on.
 */
export function reflectIdentity(reflect: Reflect): object {
  const { agent, teacher } = reflect
  return {
    ...reflect,
    agent: typeof agent === 'string' ? agent : { ...agent, model: endpointIdentity(agent.model) },
    teacher: teacher === 'oracle' ? teacher : { ...teacher, model: endpointIdentity(teacher.model) },
  }
}

function endpointIdentity({ model, contextLength, extra }: TeacherModel['model']): object {
  return { model, ...(contextLength !== undefined && { contextLength }), ...(extra && { extra }) }
}
