/**
 * Runs a recipe from its start, or from where it was stopped, to its report.
 * @module
 */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Environment } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { openEnvironment } from '../environments/registry.ts'
import { hashFile, hashFolder, hashText } from '../store/hash.ts'
import { findStudent } from './find-student.ts'
import { EXCHANGES } from './open-teacher.ts'
import { planStages } from './plan.ts'
import { silentProgress } from './progress.ts'
import { type Overrides, type RecipeFile, readRecipe } from './read-recipe.ts'
import { readTeacherFile } from './read-teacher-prompt.ts'
import { openRunFolder } from './run-folder.ts'
import { openRunLog, withLog } from './run-log.ts'
import { runStages } from './run-stages.ts'
import type { Progress } from './screen.ts'
import { selectTasks } from './select-tasks.ts'

export interface RunOptions extends Overrides {
  /** The folder of all runs. Default: `runs`. */
  into?: string
  /** Moves a run of that name aside and begins anew. Default: false. */
  fresh?: boolean
  /** The folder of another run: models behind endpoints answer as they did there, without the network and without keys. */
  replay?: string
  /** Default: none. */
  progress?: Progress
  /** Threads of training and generation. Default: all cores. */
  threads?: number
  /** Stops the work as soon as what is done is saved. */
  signal?: AbortSignal
}

/**
 * Runs a recipe. A run that was stopped, in whatever way, goes on where it was; a complete one is checked and left alone.
 *
 * @param path the recipe file; an environment module in it is looked for from the file's folder
 * @returns the run's folder
 * @throws {MisstepError} `usage` when the recipe is wrong, or another than the run was begun with; `interrupted` when
 * the signal stopped it; and whatever a stage cannot do
 * @example
 * const folder = await runRecipe('recipes/quickstart.yaml', { progress: createProgress() })
 */
export async function runRecipe(path: string, options: RunOptions = {}): Promise<string> {
  const { into = 'runs', fresh, replay, progress = silentProgress, threads, signal } = options
  const file = readRecipe(path, options)
  const { recipe } = file
  const student = findStudent(file)
  const teacherPrompt = readTeacherFile(file)
  if (replay !== undefined) refuseReplay(replay, join(into, recipe.name))
  const environment = await openWorld(file)
  try {
    const tasks = await selectTasks(environment, recipe.tasks, file.placeOf)
    const { folder, manifest, movedTo, unlock } = openRunFolder(file, into, fresh)
    try {
      if (movedTo) progress.note(`The old run is in ${movedTo}`)
      const log = openRunLog(join(folder, 'log.jsonl'))
      try {
        log.write('begin', { pid: process.pid })
        const hash = await hashFolder(student)
        const world = await nameWorld(environment, file)
        const prompt = teacherPrompt && hashText(teacherPrompt.text)
        await runStages(planStages(recipe, world, hash, prompt), manifest, {
          folder,
          recipe,
          environment,
          tasks,
          student: { folder: student, hash },
          ...(teacherPrompt && { teacherPrompt }),
          progress: withLog(progress, log),
          log,
          ...(replay !== undefined && { replay }),
          ...(threads !== undefined && { threads }),
          ...(signal && { signal }),
        })
        log.write('end')
      } finally {
        log.close()
      }
      return folder
    } finally {
      unlock()
    }
  } catch (error) {
    if (!signal?.aborted) throw error
    const advice = 'Everything so far is saved: run the same command to go on.'
    throw new MisstepError('interrupted', 'Stopped', { advice, cause: error })
  } finally {
    await environment.close()
  }
}

/** @throws {MisstepError} `usage` when there is nothing to replay in it */
function refuseReplay(replay: string, folder: string): void {
  if (resolve(replay) === resolve(folder)) {
    throw new MisstepError('usage', 'A run cannot replay itself', {
      value: replay,
      advice:
        'What it was answered it never asks again; to repeat it elsewhere, add --runs <folder> or --name <another>.',
    })
  }
  if (existsSync(join(replay, EXCHANGES))) return
  throw new MisstepError('usage', 'There are no exchanges to replay', {
    value: join(replay, EXCHANGES),
    advice: 'Name the folder of a run whose teacher, or exploring agent, was a model behind an endpoint.',
  })
}

async function openWorld({ recipe, path, placeOf }: RecipeFile): Promise<Environment> {
  try {
    return await openEnvironment(recipe.environment, dirname(path))
  } catch (error) {
    if (!(error instanceof MisstepError)) throw error
    throw new MisstepError(error.code, `${placeOf('environment')}: ${error.message}`, { cause: error })
  }
}

/** What of an environment its trajectories depend on; of a user's own module, also its very text. */
async function nameWorld(environment: Environment, { recipe, path }: RecipeFile): Promise<string> {
  const { name, ...options } = recipe.environment
  const module = resolve(dirname(path), name)
  const text = environment.name !== name && existsSync(module) ? [await hashFile(module)] : []
  return [environment.name, environment.version, JSON.stringify(options), ...text].join(' ')
}
