/**
 * A row of training data with the way back to what it was made from.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import type { Example } from '../../core/example.ts'
import {
  type ChatFormat,
  loadChatFormat,
  type MaskPolicy,
  markRow,
  renderExamples,
  trajectoryIdOf,
} from '../../render/index.ts'
import { createPromptOf, type EnvironmentFlags } from '../prompt-of.ts'
import type { Item } from './find-item.ts'
import { readSources, type Source } from './read-sources.ts'

export interface TokensOptions extends EnvironmentFlags {
  student?: string
  mask: MaskPolicy
  trajectories?: string[]
}

export interface ShownRow {
  example: Example
  /** The trajectory that it is of, where that is at hand. */
  source?: Source
}

export interface RowMaker {
  format: ChatFormat
  /** The row of an example, or the rows of a trajectory, which is rendered for it. */
  rows(item: Item, file: string, index: number): Promise<ShownRow[]>
}

/**
 * Prepares to show tokens.
 *
 * @throws {MisstepError} `usage` when no student is named
 */
export async function createRowMaker(options: TokensOptions): Promise<RowMaker> {
  const { student, mask } = options
  if (student === undefined) {
    throw new MisstepError('usage', 'Tokens can only be shown with the tokenizer that they are of', {
      advice: 'Name the checkpoint folder with --student, such as students/household-base.',
    })
  }
  const format = await loadChatFormat(student)
  const sources = await readSources(options.trajectories ?? [])
  const promptOf = createPromptOf(options)
  return {
    format,
    async rows(item, file, index) {
      if ('example' in item) {
        const { example, marked } = item
        const source = sources.get(trajectoryIdOf(example))
        if (!source) return [{ example }]
        if (marked) return [{ example, source }]
        const found = markRow(example, source.trajectory, format, { prompt: await promptOf(source.trajectory) })
        return [found ? { example: found, source } : { example }]
      }
      const prompt = await promptOf(item.trajectory)
      const { examples, dropped } = renderExamples(format, [item.trajectory], { mask, prompt })
      if (examples.length === 0) {
        const why = dropped[0]?.reason === 'nothing-trained' ? 'no step of it carries loss' : 'it has no step'
        throw new MisstepError('data', `There is no row of trajectory ${item.trajectory.id}: ${why}`, {
          advice: 'Show another one, or choose another --mask.',
        })
      }
      return examples.map(example => ({ example, source: { trajectory: item.trajectory, file, index } }))
    },
  }
}
