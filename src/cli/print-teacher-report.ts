/**
 * Measures a teacher and prints the result.
 * @module
 */
import { dirname } from 'node:path'
import type { Teacher } from '../core/agent.ts'
import type { Environment } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import { type EnvironmentChoice, openEnvironment } from '../environments/registry.ts'
import { reportTeacher } from '../evaluate/teacher-report.ts'
import { teacherTable } from '../evaluate/teacher-report-table.ts'
import { createEndpointModel, type Endpoint } from '../models/index.ts'
import { createProgress } from '../pipeline/progress.ts'
import { readRecipe } from '../pipeline/read-recipe.ts'
import { readTeacherFile } from '../pipeline/read-teacher-prompt.ts'
import { readJsonl } from '../store/jsonl.ts'
import { type ChatTeacherOptions, createChatTeacher } from '../teachers/chat-teacher.ts'
import { createOracleTeacher } from '../teachers/oracle.ts'
import { withInterruption } from './interruption.ts'
import { expectKind } from './kind-of-file.ts'
import { nameInData } from './prompt-of.ts'

export interface TeacherReportFlags {
  recipe?: string
  teacher?: string
  model?: string
  key?: string
  price?: { in: number; out: number }
  sees: 'seen' | 'everything'
  prompt?: string
  attempts: number
  environment?: string
  option?: Record<string, unknown>
  limit?: number
  atOnce: number
  record?: string
  replay?: string
  json?: true
}

/** What is measured: a model with what it is told, or the oracle itself; and where. */
interface Subject {
  endpoint?: Endpoint
  settings?: Pick<ChatTeacherOptions, 'sees' | 'prompt' | 'attempts' | 'answerTokens'>
  environment: EnvironmentChoice
  /** What a relative environment module is relative to. */
  folder: string
}

/** @throws {MisstepError} `usage` when the flags do not name a teacher; `data` when there is nothing to judge */
export async function printTeacherReport(files: readonly string[], flags: TeacherReportFlags): Promise<void> {
  const trajectories = await readAll(files, flags.limit)
  if (trajectories.length === 0) throw new MisstepError('data', 'The files hold no trajectory', { value: files })
  const subject = flags.recipe === undefined ? fromFlags(flags, trajectories) : fromRecipe(flags.recipe)
  const environment = await openEnvironment(subject.environment, subject.folder)
  try {
    const report = await withInterruption(async signal => {
      const { teacher, close } = await openTeacher(subject, environment, flags, signal)
      const bar = createProgress().stage('judging', trajectories.length, 'episodes')
      const onEpisode = () => bar.advance()
      try {
        const { atOnce: episodesAtOnce } = flags
        return await reportTeacher({ environment, teacher, trajectories, episodesAtOnce, onEpisode, signal })
      } finally {
        bar.end()
        await close()
      }
    })
    console.log(flags.json ? JSON.stringify(report, null, 2) : teacherTable(report))
  } finally {
    await environment.close()
  }
}

async function readAll(files: readonly string[], limit = Number.POSITIVE_INFINITY): Promise<Trajectory[]> {
  const all: Trajectory[] = []
  for (const file of files) {
    await expectKind(file, ['trajectories'], 'teacher-report')
    for await (const trajectory of readJsonl(file, trajectorySchema)) {
      if (all.length >= limit) return all
      all.push(trajectory)
    }
  }
  return all
}

function fromRecipe(path: string): Subject {
  const file = readRecipe(path)
  const { teacher } = file.recipe.reflect
  const world = { environment: file.recipe.environment, folder: dirname(path) }
  if (teacher === 'oracle') return world
  const { model: endpoint, sees, attempts, answerTokens } = teacher
  const prompt = readTeacherFile(file)
  return { ...world, endpoint, settings: { sees, attempts, answerTokens, ...(prompt && { prompt }) } }
}

function fromFlags(flags: TeacherReportFlags, trajectories: readonly Trajectory[]): Subject {
  const { teacher: url, model, key, price, sees, prompt, attempts } = flags
  if (url === undefined || model === undefined) {
    throw new MisstepError('usage', 'No teacher is named', {
      advice: 'Give --recipe <file>, or --teacher <url> and --model <name>.',
    })
  }
  const name = flags.environment ?? nameInData(trajectories[0]!)
  return {
    endpoint: { url, model, ...(key !== undefined && { key }), ...(price && { price }) },
    settings: { sees, attempts, ...(prompt !== undefined && { prompt }) },
    environment: { name, ...flags.option },
    folder: process.cwd(),
  }
}

async function openTeacher(
  { endpoint, settings }: Subject,
  environment: Environment,
  { record, replay }: TeacherReportFlags,
  signal: AbortSignal,
): Promise<{ teacher: Teacher; close(): Promise<void> }> {
  if (!endpoint) return { teacher: createOracleTeacher(), close: async () => {} }
  const model = await createEndpointModel(endpoint, {
    ...(record !== undefined && { record }),
    ...(replay !== undefined && { replay }),
    signal,
  })
  const teacher = createChatTeacher({ model, rules: environment.prompt, ...settings })
  return { teacher, close: () => model.close() }
}
