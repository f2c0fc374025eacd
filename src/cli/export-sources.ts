/**
 * What an export reads: a run's arm, rows of tokens, or trajectories, which it renders where tokens are wanted.
 * @module
 */
import type { Example } from '../core/example.ts'
import { exampleSchema } from '../core/example.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import { type LeftOut, openRunArm, type WeightedConversation, weightedConversation } from '../export/index.ts'
import { loadChatFormat, type MaskPolicy } from '../render/index.ts'
import { emptyReport, renderRows } from '../render/render-examples.ts'
import { readJsonl } from '../store/jsonl.ts'
import type { ReadKind } from './kind-of-file.ts'
import { createPromptOf, type EnvironmentFlags } from './prompt-of.ts'

export interface ExportSource {
  path: string
  /** `undefined` where the file is empty. */
  kind: ReadKind | 'run' | undefined
}

export interface SourceOptions extends EnvironmentFlags {
  arm?: string
  /** Of trajectories. Default: `errors`. */
  mask?: MaskPolicy
  /** Which trajectories of a file are taken. Default: `won`. */
  keep?: 'won' | 'all'
  /** The checkpoint whose tokenizer and chat template trajectories are rendered with. */
  student?: string
  /** Longer rows are left out; default: none is. */
  maxTokens?: number
}

/** Rows of tokens: as they are in a run or a file, or rendered from trajectories for the student. */
export async function* examplesOf(
  sources: readonly ExportSource[],
  options: SourceOptions,
): AsyncIterable<Example | LeftOut> {
  const render = options.student === undefined ? undefined : await createRenderer(options.student, options)
  for (const { path, kind } of sources) {
    if (kind === 'run') yield* openRunArm(path, options.arm).examples()
    else if (kind === 'trajectories') for await (const one of readKept(path, options)) yield* await render!(one)
    else yield* readJsonl(path, exampleSchema)
  }
}

/** Conversations of a run's arm, or of trajectories. */
export async function* conversationsOf(
  sources: readonly ExportSource[],
  options: SourceOptions,
): AsyncIterable<WeightedConversation | LeftOut> {
  const { mask = 'errors', arm } = options
  const promptOf = createPromptOf(options)
  for (const { path, kind } of sources) {
    if (kind === 'run') {
      const run = openRunArm(path, arm)
      const { name, ...recipe } = run.environment
      const { environment = name, option } = options
      yield* run.conversations(createPromptOf({ environment, option: { ...recipe, ...option } }))
    } else {
      for await (const one of readKept(path, options)) {
        yield 'leftOut' in one ? one : weightedConversation(one, { mask, prompt: await promptOf(one) })
      }
    }
  }
}

async function* readKept(path: string, { keep = 'won' }: SourceOptions): AsyncIterable<Trajectory | LeftOut> {
  for await (const trajectory of readJsonl(path, trajectorySchema)) {
    const isKept = keep === 'all' || trajectory.outcome === 'won'
    yield isKept ? trajectory : { leftOut: 'did not reach the goal; --keep all takes these too' }
  }
}

async function createRenderer(student: string, options: SourceOptions) {
  const { mask = 'errors', maxTokens } = options
  const format = await loadChatFormat(student)
  const promptOf = createPromptOf(options)
  const why = {
    'too-long': `longer than ${maxTokens} tokens`,
    'nothing-trained': 'nothing in it carries loss',
    'mask-error': 'its mask cannot be decided on the tokens of this student',
  }
  return async (one: Trajectory | LeftOut): Promise<(Example | LeftOut)[]> => {
    if ('leftOut' in one) return [one]
    const report = emptyReport()
    const prompt = await promptOf(one)
    renderRows(format, one, { mask, prompt, ...(maxTokens !== undefined && { maxTokens }) }, report)
    return [...report.examples, ...report.dropped.map(({ reason }) => ({ leftOut: why[reason] }))]
  }
}
