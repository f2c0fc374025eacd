/**
 * A stage of a run: it reads files, and writes files.
 * @module
 */
import type { Environment } from '../core/environment.ts'
import type { TeacherPrompt } from '../teachers/teacher-prompt.ts'
import type { ResolvedRecipe } from './recipe.ts'
import type { RunLog } from './run-log.ts'
import type { Progress } from './screen.ts'
import type { SelectedTasks } from './select-tasks.ts'

/** What every stage is given. Paths in a run folder are relative to `folder` and use `/`. */
export interface RunContext {
  folder: string
  recipe: ResolvedRecipe
  environment: Environment
  tasks: SelectedTasks
  /** The Hugging Face folder of the untrained student, and the hash of its files. */
  student: { folder: string; hash: string }
  /** What the teacher is asked, where it is a model. */
  teacherPrompt?: TeacherPrompt
  progress: Progress
  log: RunLog
  /** The folder of another run, whose exchanges with models behind endpoints answer in their place. */
  replay?: string
  /** Default: all cores. */
  threads?: number
  signal?: AbortSignal
}

export interface Stage {
  /** Unique, such as `train-step`. */
  name: string
  /** The files of earlier stages that it reads. */
  reads: readonly string[]
  /** What else its files depend on: a name and a hash or version each. */
  depends: Readonly<Record<string, string>>
  /** The files, and folders, that it writes. */
  writes: readonly string[]
  /** What it leaves to go on from when it is interrupted; removed once it is complete. */
  partial?: readonly string[]
  /** True when its files hold wall times, so that no hash of them is kept. */
  timed?: boolean
  /** Does the work, or the rest of it; returns what is worth counting. */
  run(context: RunContext): Promise<Record<string, number>>
}
