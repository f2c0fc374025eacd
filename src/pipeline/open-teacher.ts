/**
 * Makes the teacher, or the agent, that a recipe names as a model behind an endpoint.
 * @module
 */
import { join } from 'node:path'
import { createChatAgent, makeWorkedExamples, promptFor } from '../agents/index.ts'
import type { Teacher } from '../core/agent.ts'
import { createEndpointModel, type EndpointModel } from '../models/chat/chat-model.ts'
import type { ResolvedEndpoint } from '../models/chat/endpoint.ts'
import { createChatTeacher } from '../teachers/chat-teacher.ts'
import { createOracleTeacher } from '../teachers/oracle.ts'
import type { Player } from './open-student.ts'
import type { AgentModel } from './reflect-schema.ts'
import type { RunContext } from './stage.ts'

/** Where in a run's folder the exchanges with its models lie, a file for each. */
export const EXCHANGES = 'exchanges'

/** A teacher, and what ends its connections. */
export interface OpenTeacher {
  teacher: Teacher
  close(): Promise<void>
}

/** The teacher of a recipe. A model's answers are kept in the run folder: none is paid for twice. */
export async function openTeacher(context: RunContext): Promise<OpenTeacher> {
  const { environment, recipe, teacherPrompt } = context
  const { teacher } = recipe.reflect
  if (teacher === 'oracle') return { teacher: createOracleTeacher(), close: async () => {} }
  const { sees, attempts, answerTokens } = teacher
  const model = await openEndpoint(context, teacher.model, 'teacher')
  return {
    teacher: createChatTeacher({
      model,
      sees,
      attempts,
      answerTokens,
      // It has to write actions, and was not trained here either.
      rules: promptFor(environment, true),
      ...(teacherPrompt && { prompt: teacherPrompt }),
    }),
    close: () => model.close(),
  }
}

/** An agent that is a model behind an endpoint. */
export async function openEndpointAgent(context: RunContext, wish: AgentModel): Promise<Player> {
  const { environment, recipe } = context
  const { format, examples: count = 0 } = wish
  const examples = await makeWorkedExamples(environment, { count })
  const model = await openEndpoint(context, wish.model, 'agent')
  const { answerTokens, reflect } = recipe
  const { temperature } = reflect
  const agent = createChatAgent({
    model,
    prompt: promptFor(environment, true),
    answerTokens,
    temperature,
    // It was not trained in our format, and episodes may be longer than its context.
    explain: true,
    examples,
    ...(environment.stop && { stop: environment.stop }),
    ...(format && { format }),
    whenFull: 'shorten',
  })
  return { agent, close: () => model.close() }
}

function openEndpoint(
  { folder, replay, signal }: RunContext,
  endpoint: ResolvedEndpoint,
  role: string,
): Promise<EndpointModel> {
  return createEndpointModel(endpoint, {
    [replay === undefined ? 'record' : 'replay']: join(replay ?? folder, EXCHANGES, `${role}.jsonl`),
    ...(signal && { signal }),
  })
}
