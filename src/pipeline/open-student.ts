/**
 * Makes an agent of a checkpoint.
 * @module
 */
import { createChatAgent } from '../agents/index.ts'
import type { Agent } from '../core/agent.ts'
import { createEmbeddedModel } from '../models/index.ts'
import type { RunContext } from './stage.ts'

/** An agent that plays, and what frees its memory. */
export interface Player {
  agent: Agent
  close(): Promise<void>
}

/**
 * Loads a checkpoint and lets it play with the environment's prompt.
 *
 * @throws {MisstepError} `model` when the folder holds no checkpoint that the engine can run
 */
export async function openStudent(
  context: RunContext,
  { name, folder, temperature }: { name: string; folder: string; temperature: number },
): Promise<Player> {
  const { recipe, environment, threads } = context
  const model = await createEmbeddedModel(folder, {
    // Every episode keeps its state from step to step.
    slots: recipe.episodesAtOnce,
    ...(threads !== undefined && { threads }),
    ...(recipe.device && { device: recipe.device }),
  })
  const { answerTokens, constrain } = recipe
  const agent = createChatAgent({
    ...{ model, name, answerTokens, temperature },
    prompt: environment.prompt,
    ...(constrain && { constrain }),
  })
  return { agent, close: () => model.close() }
}
