/**
 * The work of one stage: commands, memory, time, tokens, requests.
 * @module
 */
import { basename, join } from 'node:path'
import type { ModelOutline } from '../../checkpoint/index.ts'
import { planTrl } from '../../train/index.ts'
import { pythonNamed } from '../../train/trl/machine.ts'
import { trlOptionsSchema } from '../../train/trl/options.ts'
import type { ResolvedRecipe } from '../recipe.ts'
import { exploringArm } from '../reflect-schema.ts'
import { fillServe } from '../serve-schema.ts'
import type { Stage } from '../stage.ts'
import { CEILING, FLOOR } from '../stages/evaluate-arm.ts'
import { startsFromAgent } from '../stages/train-arm.ts'
import { GPUS, type Hardware, speedOf, TEACHER_ANSWER } from './assumptions.ts'
import {
  type EndpointWork,
  endpointWork,
  evaluateWork,
  exploreWork,
  goldenWork,
  type PlayWork,
  rowsWork,
} from './estimate-play.ts'
import { embeddedMemory, trainingSeconds, trlMemory } from './estimate-training.ts'

/** What a stage is described from. */
export interface DryContext {
  recipe: ResolvedRecipe
  /** The run's, absolute. */
  folder: string
  /** The student's folder, absolute. */
  student: string
  shape: ModelOutline | undefined
  hardware: Hardware
  /** Characters of what the teacher is asked with. */
  promptLength: number
}

/** A command that the stage starts; on a node, where there are several. */
export interface PlannedCommand {
  what: 'serve' | 'train' | 'merge'
  node?: number
  command: string[]
}

export interface StageWork {
  commands?: PlannedCommand[]
  /** Texts that are written for a command, by their path in the run folder. */
  files?: Record<string, string>
  play?: PlayWork
  rows?: { rows: number; tokens: number }
  training?: { steps: number; tokens: number; rowsPerStep?: number }
  /** Bytes, on each GPU or of the whole machine, and how many there are. */
  memory?: { bytes: number; of: 'GPU' | 'process' | 'machine'; there?: number }
  seconds?: number
  endpoints?: EndpointWork[]
}

/** What is known beforehand of a stage. */
export function describeStage({ name }: Stage, context: DryContext): StageWork {
  const { recipe } = context
  const [, kind, rest = ''] = /^(play|render|train|explore|evaluate)(?:-(.*))?$/.exec(name) ?? []
  if (kind === 'play')
    return { play: goldenWork(recipe, rest === 'golden' ? recipe.tasks.golden : recipe.tasks.explore!) }
  if (kind === 'render') return { rows: rowsWork(recipe, recipe.arms[rest]!) }
  if (kind === 'train') return recipe.train.engine === 'trl' ? describeTrl(rest, context) : describeEmbedded(context)
  if (kind === 'explore')
    return describeExplore(rest === 'again' ? recipe.reflect.again : exploringArm(recipe.reflect), context)
  if (kind !== 'evaluate') return {}
  const play = evaluateWork(recipe, rest === CEILING)
  return rest === CEILING ? { play } : { play, ...playedBy(rest === FLOOR ? undefined : rest, play, context) }
}

function describeTrl(arm: string, { recipe, folder, student, shape, hardware }: DryContext): StageWork {
  const { engine: _, mix: __, adapters: ___, from: ____, trl: given, ...settings } = recipe.train
  const trl = given ?? trlOptionsSchema.parse({})
  const agent = exploringArm(recipe.reflect)
  const to = join(folder, 'checkpoints', arm)
  const { rows, tokens } = rowsWork(recipe, recipe.arms[arm]!)
  const longest = Math.max(
    Math.min(shape?.contextLength ?? settings.batchTokens, settings.batchTokens),
    Math.ceil(tokens / rows),
  )
  const gpu = hardware.gpu && { name: GPUS[hardware.gpu].about, bytes: GPUS[hardware.gpu].bytes }
  const plan = planTrl({
    trl,
    train: {
      ...settings,
      seed: recipe.seed,
      from: startsFromAgent(recipe, arm) ? join(folder, 'checkpoints', agent!) : student,
      to,
    },
    machine: { python: '', packages: {}, gpus: gpu ? Array(hardware.gpus).fill(gpu) : [], bf16: hardware.bf16 },
    python: pythonNamed(trl.python),
    rows: { rows, tokens, longest },
    folder: `${to}.state`,
  })
  const several = plan.nodeCommands.length > 1
  const commands: PlannedCommand[] = [
    ...(several ? [{ what: 'train' as const, command: plan.command }] : []),
    ...plan.nodeCommands.map((command, node) => ({ what: 'train' as const, ...(several && { node }), command })),
    ...(plan.mergeCommand ? [{ what: 'merge' as const, command: plan.mergeCommand }] : []),
  ]
  const atOnce = trl.rowsAtOnce * (trl.packing ? (trl.maxLength ?? longest) : longest)
  return {
    commands,
    files: Object.fromEntries(
      Object.entries(plan.files).map(([name, text]) => [`checkpoints/${arm}.state/${name}`, text]),
    ),
    training: { steps: settings.steps, tokens: settings.steps * settings.batchTokens, rowsPerStep: plan.rowsPerStep },
    ...(shape && {
      memory: {
        bytes: trlMemory(shape, trl, hardware, atOnce),
        of: gpu ? 'GPU' : 'process',
        ...(gpu && { there: gpu.bytes }),
      },
      seconds: trainingSeconds(recipe, shape, hardware),
    }),
  }
}

function describeEmbedded({ recipe, shape, hardware }: DryContext): StageWork {
  const { steps, batchTokens } = recipe.train
  const longest = Math.min(shape?.contextLength ?? batchTokens, batchTokens)
  const bytes = shape && embeddedMemory(shape, recipe.train, longest, hardware.threads)
  return {
    training: { steps, tokens: steps * batchTokens },
    ...(bytes !== undefined && { memory: { bytes, of: 'machine' as const } }),
    ...(shape && { seconds: trainingSeconds(recipe, shape, hardware) }),
  }
}

function describeExplore(arm: string | undefined, context: DryContext): StageWork {
  const { recipe, promptLength } = context
  const play = exploreWork(recipe)
  const endpoints = endpointWork(recipe, arm === undefined, promptLength)
  const { teacher, agent } = recipe.reflect
  const atOnce = (endpoint: EndpointWork) => {
    const asked = endpoint.role === 'teacher' ? teacher : agent
    return typeof asked === 'object' ? Math.min(asked.model.requestsAtOnce, recipe.episodesAtOnce) : 1
  }
  const own = arm === undefined ? {} : playedBy(arm, play, context)
  const waits = endpoints.map(work => (work.requests * TEACHER_ANSWER.seconds) / atOnce(work))
  const seconds = [own.seconds ?? 0, ...waits].reduce((sum, part) => sum + part, 0)
  return { play, ...own, ...(seconds > 0 && { seconds }), ...(endpoints.length > 0 && { endpoints }) }
}

/** A checkpoint that plays: `undefined` is the untrained student. */
function playedBy(
  arm: string | undefined,
  play: PlayWork,
  { recipe, folder, student, shape, hardware }: DryContext,
): StageWork {
  const { serve, train } = recipe
  const checkpoint = arm === undefined ? student : join(folder, 'checkpoints', arm)
  const words = {
    checkpoint,
    name: basename(checkpoint),
    port: '<a free port>',
    python: pythonNamed(train.trl?.python),
  }
  // Without a server it is the embedded engine that plays, whatever there is.
  const { gpu: _, ...processor } = hardware
  const speed = speedOf(serve ? hardware : processor, 'playing')
  return {
    ...(serve && { commands: [{ what: 'serve' as const, command: fillServe(serve, words).command }] }),
    ...(shape && { seconds: (2 * shape.parameters * play.tokens) / speed }),
  }
}
