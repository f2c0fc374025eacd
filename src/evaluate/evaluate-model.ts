/**
 * Evaluates any agent on a list of tasks, and can be stopped at any moment.
 * @module
 */
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Agent, Teacher } from '../core/agent.ts'
import type { Environment, Task } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import { partialOf, playIntoFile, removePartial } from '../play/play-into-file.ts'
import { writeFileAtomically } from '../store/atomic-file.ts'
import { readJsonlFile, writeJsonl } from '../store/jsonl.ts'
import { type ModelResult, modelResult } from './evaluate-model-result.ts'
import { type EvaluationSettings, keepSettings } from './evaluate-model-settings.ts'
import { scoreTrajectory } from './scores.ts'

export interface EvaluateModelOptions {
  environment: Environment
  tasks: readonly Task[]
  agent: Agent
  /** What decides the figures; the same folder goes on only with the same. */
  settings: EvaluationSettings
  /** In what this is not the protocol that it follows. */
  differences?: readonly string[]
  /** Where `settings.json`, `trajectories.jsonl`, `scores.jsonl` and `result.json` go. */
  folder: string
  /** Gives a verdict on each step, and never steps in. Default: none, so that only rejected actions count as errors. */
  judge?: Teacher
  /** Default: 16. */
  episodesAtOnce?: number
  onStart?: (episodes: number, already: number) => void
  onEpisode?: (trajectory: Trajectory) => void
  signal?: AbortSignal
}

/**
 * Plays all tasks that are not yet played in this folder, and writes the result last. More tasks than before go on where
 * fewer ended.
 *
 * @throws {MisstepError} `usage` when the folder holds an evaluation with other settings, or of more tasks; whatever the
 * model or the environment throws: what was played is kept
 * @example
 * const { reward, success } = await evaluateModel({ environment, tasks, agent, settings, folder: 'evaluations/mine' })
 */
export async function evaluateModel(options: EvaluateModelOptions): Promise<ModelResult> {
  const { environment, tasks, agent, settings, differences = [], folder, judge, episodesAtOnce = 16, signal } = options
  keepSettings(folder, settings)
  const file = join(folder, 'trajectories.jsonl')
  await goOn(file, tasks)
  const trajectories = await playIntoFile({
    file,
    environment,
    tasks,
    agent,
    ...(judge && { teacher: judge, corrects: false }),
    stepLimit: settings.stepLimit,
    episodesAtOnce,
    seed: settings.seed,
    ...(options.onStart && { onStart: options.onStart }),
    ...(options.onEpisode && { onEpisode: options.onEpisode }),
    ...(signal && { signal }),
  })
  writeJsonl(join(folder, 'scores.jsonl'), trajectories.map(scoreTrajectory))
  const result = modelResult(trajectories, settings, differences)
  writeFileAtomically(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`)
  removePartial(file)
  return result
}

/** A finished evaluation of fewer tasks becomes an unfinished one of more. */
async function goOn(file: string, tasks: readonly Task[]): Promise<void> {
  if (!existsSync(file)) return
  const known = new Set(tasks.map(task => task.id))
  const played = await readJsonlFile(file, trajectorySchema)
  const other = played.find(({ id }) => !known.has(id))
  if (other) {
    throw new MisstepError('usage', 'The folder holds an evaluation of more tasks, or of others', {
      value: other.id,
      advice: 'Name another folder with --out, or leave --limit as it was.',
    })
  }
  if (!existsSync(partialOf(file))) renameSync(file, partialOf(file))
}
