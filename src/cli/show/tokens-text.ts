/**
 * A row of training data for the eye: which tokens carry loss.
 * @module
 */
import colors from 'picocolors'
import { MisstepError } from '../../core/errors.ts'
import type { Example } from '../../core/example.ts'
import { type ChatFormat, loadChatFormat, type MaskPolicy, renderExample, showTokens } from '../../render/index.ts'
import { promptOf } from '../prompt-of.ts'
import { safeBlock, safeText } from '../safe-text.ts'
import type { Item } from './find-item.ts'

export interface TokensOptions {
  student?: string
  mask: MaskPolicy
  environment?: string
}

/**
 * The tokens of an example, or of a trajectory that is rendered for it.
 *
 * @throws {MisstepError} `usage` when no student is named
 */
export async function tokensText(item: Item, options: TokensOptions): Promise<string> {
  const { student, mask, environment } = options
  if (student === undefined) {
    throw new MisstepError('usage', 'Tokens can only be shown with the tokenizer that they are of', {
      advice: 'Name the checkpoint folder with --student, such as students/household-base.',
    })
  }
  const format = await loadChatFormat(student)
  if ('example' in item) return exampleText(item.example, format)
  return exampleText(renderExample(format, item.trajectory, { mask, prompt: await promptOf(environment) }), format)
}

/** One block for each run of tokens that have their step, their role and their mask in common. */
function exampleText(example: Example, format: ChatFormat): string {
  const blocks: { label: string; ids: number[]; trained: boolean; error: boolean }[] = []
  let carrying = 0
  for (const { id, step, role, trained, error } of showTokens(example, format)) {
    if (trained) carrying++
    const who = step < 0 ? 'prompt' : `step ${step + 1} ${role}`
    const label = `${who}${error ? ', error' : ''}, ${trained ? 'loss' : 'no loss'}`
    const last = blocks.at(-1)
    if (last?.label === label) last.ids.push(id)
    else blocks.push({ label, ids: [id], trained, error })
  }
  const width = Math.max(0, ...blocks.map(block => block.label.length))
  const lines = blocks.map(({ label, ids, trained, error }) => {
    const paint = trained ? (error ? colors.red : colors.green) : colors.dim
    return `${label.padEnd(width)}  ${paint(safeBlock(format.tokenizer.decode(ids), width + 2))}`
  })
  const share = `${example.input_ids.length} tokens, ${carrying} with loss`
  return `${colors.bold(safeText(example.id))}: ${share}\n\n${lines.join('\n')}`
}
