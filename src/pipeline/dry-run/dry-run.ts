/**
 * Says what a run would do, and about what it would take, without doing any of it.
 * @module
 */
import { join, resolve } from 'node:path'
import { type ModelOutline, readOutline } from '../../checkpoint/index.ts'
import { checkEnvironment } from '../../environments/registry.ts'
import { readManifest } from '../../store/manifest.ts'
import { modelAmong, studentPlaces } from '../find-student.ts'
import { planStages } from '../plan.ts'
import { type Overrides, type RecipeFile, readRecipe } from '../read-recipe.ts'
import { readTeacherFile } from '../read-teacher-prompt.ts'
import { refuseOtherRecipe } from '../run-folder.ts'
import type { Stage } from '../stage.ts'
import { type GpuName, type Hardware, hardwareOf } from './assumptions.ts'
import { describeStage, type StageWork } from './describe-stage.ts'
import type { EndpointWork } from './estimate-play.ts'
import { guessShape } from './guess-shape.ts'
import { listAssumptions } from './list-assumptions.ts'

export interface DryRunOptions extends Overrides {
  /** The folder of all runs. Default: `runs`. */
  into?: string
  /** Reckon with a run that begins anew. Default: no. */
  fresh?: boolean
  /** Threads of training and generation. Default: all cores. */
  threads?: number
  /** The GPUs to reckon with. Default: none, or A100 where the recipe asks for GPUs. */
  gpu?: GpuName
}

/** One stage: its files, relative to the run folder, and its work. */
export interface PlannedStage extends StageWork {
  name: string
  state: 'to do' | 'started' | 'complete'
  reads: readonly string[]
  writes: readonly string[]
  /** What lies there while it is under way. */
  partial: readonly string[]
}

export interface DryRun {
  recipe: string
  folder: string
  environment: string
  student: { name: string; found: boolean; parameters?: number }
  hardware: Hardware
  stages: PlannedStage[]
  /** Of the stages that are not complete; seconds are absent where the student's size is not known. */
  total: { episodes: number; trainedOn: number; seconds?: number; endpoints: EndpointWork[] }
  /** What the figures rest on, in sentences. */
  assumptions: string[]
}

/**
 * Plans a run: nothing is written, nothing is started, and nothing is asked over the network. Only the recipe, the
 * student's `config.json`, the teacher's prompt and an earlier run's manifest are read.
 *
 * @throws {MisstepError} `usage` when the recipe is wrong, is another than the run was begun with, or its options of TRL
 * do not fit each other
 * @example
 * const { stages, total } = dryRun('recipes/quickstart.yaml')
 */
export function dryRun(path: string, options: DryRunOptions = {}): DryRun {
  const file = readRecipe(path, options)
  const { recipe } = file
  checkEnvironment(recipe.environment)
  const folder = join(options.into ?? 'runs', recipe.name)
  const known = options.fresh ? undefined : readManifest(join(folder, 'manifest.json'))
  if (known) refuseOtherRecipe(known, recipe, folder)
  const { shape, student, found } = sizeOf(file)
  const prompt = readTeacherFile(file)?.text
  const hardware = hardwareOf(recipe, options.gpu, options.threads)
  const context = { recipe, folder: resolve(folder), student, shape, hardware, promptLength: prompt?.length ?? 0 }
  const stages = planStages(recipe, 'world', 'student', prompt).map((stage: Stage): PlannedStage => {
    const { name, reads, writes, partial = [] } = stage
    const state = known?.stages[name]?.state ?? 'to do'
    return { name, state, reads, writes, partial, ...describeStage(stage, context) }
  })
  const open = stages.filter(({ state }) => state !== 'complete')
  const sum = (value: (stage: PlannedStage) => number | undefined) =>
    open.reduce((total, stage) => total + (value(stage) ?? 0), 0)
  return {
    recipe: recipe.name,
    folder,
    environment: recipe.environment.name,
    student: { name: recipe.student, found, ...(shape && { parameters: shape.parameters }) },
    hardware,
    stages,
    total: {
      episodes: sum(({ play }) => play?.episodes),
      trainedOn: sum(({ training }) => training?.tokens),
      ...(shape && { seconds: sum(({ seconds }) => seconds) }),
      endpoints: addUp(open.flatMap(({ endpoints = [] }) => endpoints)),
    },
    assumptions: listAssumptions(context, found),
  }
}

function sizeOf(file: RecipeFile): { shape: ModelOutline | undefined; student: string; found: boolean } {
  const places = studentPlaces(file)
  const found = modelAmong(places)
  const shape = found === undefined ? guessShape(file.recipe.student) : readOutline(found)
  return { shape, student: found ?? resolve(file.recipe.student), found: found !== undefined }
}

function addUp(works: readonly EndpointWork[]): EndpointWork[] {
  const sums = new Map<string, EndpointWork>()
  for (const work of works) {
    const key = `${work.role} ${work.model}`
    const before = sums.get(key)
    if (!before) sums.set(key, { ...work })
    else {
      for (const name of ['requests', 'tokensIn', 'tokensOut'] as const) before[name] += work[name]
      if (work.cost !== undefined) before.cost = (before.cost ?? 0) + work.cost
    }
  }
  return [...sums.values()]
}
