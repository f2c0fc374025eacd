/**
 * Measures a teacher and prints the result.
 * @module
 */
import { dirname } from 'node:path'
import { promptFor } from '../agents/index.ts'
import type { Teacher } from '../core/agent.ts'
import type { Environment } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import { type EnvironmentChoice, openEnvironment } from '../environments/registry.ts'
import { type FoundModel, findModel, openModel } from '../evaluate/evaluate-model-player.ts'
import { reportTeacher } from '../evaluate/teacher-report.ts'
import { teacherTable } from '../evaluate/teacher-report-table.ts'
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
  device?: string
  json?: true
}

/** What is measured: a model with what it is told, or the oracle itself; and where. */
interface Subject {
  model?: FoundModel
  settings?: Pick<ChatTeacherOptions, 'sees' | 'prompt' | 'attempts' | 'answerTokens'>
  environment: EnvironmentChoice
  /** What a relative environment module is relative to. */
  folder: string
}

/** @throws {MisstepError} `usage` when the flags do not name a teacher that there is; `data` when there is nothing to judge */
export async function printTeacherReport(files: readonly string[], flags: TeacherReportFlags): Promise<void> {
  const trajectories = await readAll(files, flags.limit)
  if (trajectories.length === 0) throw new MisstepError('data', 'The files hold no trajectory', { value: files })
  const subject = flags.recipe === undefined ? await fromFlags(flags, trajectories) : fromRecipe(flags.recipe)
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
  const model = { name: endpoint.model, endpoint, address: endpoint.url }
  return { ...world, model, settings: { sees, attempts, answerTokens, ...(prompt && { prompt }) } }
}

async function fromFlags(flags: TeacherReportFlags, trajectories: readonly Trajectory[]): Promise<Subject> {
  const { teacher, model, key, price, sees, prompt, attempts } = flags
  if (teacher === undefined) {
    throw new MisstepError('usage', 'No teacher is named', {
      advice: 'Give --recipe <file>; or --teacher: an address with --model <name>, a YAML file, or a checkpoint.',
    })
  }
  const found = await findModel({
    model: teacher,
    ...(model !== undefined && { name: model }),
    ...(key !== undefined && { key }),
  })
  const name = flags.environment ?? nameInData(trajectories[0]!)
  return {
    model: price && 'endpoint' in found ? { ...found, endpoint: { ...found.endpoint, price } } : found,
    settings: { sees, attempts, ...(prompt !== undefined && { prompt }) },
    environment: { name, ...flags.option },
    folder: process.cwd(),
  }
}

async function openTeacher(
  { model: found, settings }: Subject,
  environment: Environment,
  { record, replay, atOnce, device }: TeacherReportFlags,
  signal: AbortSignal,
): Promise<{ teacher: Teacher; close(): Promise<void> }> {
  if (!found) return { teacher: createOracleTeacher(), close: async () => {} }
  const model = await openModel(found, {
    ...(record !== undefined && { record }),
    ...(replay !== undefined && { replay }),
    slots: atOnce,
    ...(device !== undefined && { device }),
    note: text => process.stderr.write(`${text}\n`),
    signal,
  })
  const teacher = createChatTeacher({ model, rules: promptFor(environment, true), ...settings })
  return { teacher, close: () => model.close() }
}
