/**
 * Makes an agent of a checkpoint.
 * @module
 */
import { join } from 'node:path'
import { createChatAgent } from '../agents/index.ts'
import type { Agent } from '../core/agent.ts'
import { createEmbeddedModel } from '../models/index.ts'
import { deviceNote } from '../onnx/index.ts'
import { pythonNamed } from '../train/index.ts'
import { serveCheckpoint } from './serve-checkpoint.ts'
import type { RunContext } from './stage.ts'

/** An agent that plays, and what frees its memory. */
export interface Player {
  agent: Agent
  close(): Promise<void>
}

/**
 * Loads a checkpoint, or starts the recipe's server for it, and lets it play with the environment's prompt.
 *
 * @throws {MisstepError} `model` when the folder holds no checkpoint that the engine can run, or the server fails
 */
export async function openStudent(
  context: RunContext,
  { name, folder, temperature }: { name: string; folder: string; temperature: number },
): Promise<Player> {
  const { recipe, environment } = context
  const model = await openModel(context, name, folder)
  const { answerTokens, constrain } = recipe
  const agent = createChatAgent({
    model,
    name,
    answerTokens,
    temperature,
    prompt: environment.prompt,
    ...(constrain && { constrain }),
  })
  return { agent, close: () => model.close() }
}

async function openModel({ recipe, threads, progress, signal, ...run }: RunContext, name: string, folder: string) {
  const { serve, train, episodesAtOnce, device } = recipe
  if (!serve) {
    const model = await createEmbeddedModel(folder, {
      // Every episode keeps its state from step to step.
      slots: episodesAtOnce,
      ...(threads !== undefined && { threads }),
      ...(device && { device }),
    })
    const note = deviceNote(device, model.device)
    if (note) progress.note(note)
    return model
  }
  const python = pythonNamed(train.trl?.python)
  return serveCheckpoint({
    serve,
    folder,
    python,
    log: join(run.folder, `serve/${name}.log`),
    ...(signal && { signal }),
  })
}
