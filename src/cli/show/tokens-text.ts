/**
 * A row of training data for the eye: which tokens carry loss.
 * @module
 */
import colors from 'picocolors'
import { type ChatFormat, showTokens } from '../../render/index.ts'
import { safeBlock, safeText } from '../safe-text.ts'
import type { ShownRow } from './shown-row.ts'

/** One block for each run of tokens that have their step, their role and their weight in common. */
export function tokensText({ example, source }: ShownRow, format: ChatFormat): string {
  const blocks: { label: string; ids: number[]; trained: boolean; error: boolean }[] = []
  let carrying = 0
  for (const { id, step, role, trained, weight, error } of showTokens(example, format)) {
    if (trained) carrying++
    const who = step < 0 ? 'prompt' : `step ${step + 1} ${role}`
    const kind = source?.trajectory.steps[step]?.verdict?.kind
    const wrong = error ? `, error${kind === undefined ? '' : ` (${safeText(kind)})`}` : ''
    const label = `${who}${wrong}, ${trained ? `loss${weight === 1 ? '' : ` x ${weight}`}` : 'no loss'}`
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
  const from = source ? `\n${colors.dim(`of ${safeText(source.file)}, number ${source.index}`)}` : ''
  return `${colors.bold(safeText(example.id))}: ${share}${from}\n\n${lines.join('\n')}`
}
