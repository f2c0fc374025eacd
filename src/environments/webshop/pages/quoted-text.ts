/**
 * The text observations of verl-agent.
 * @module
 */
import { strip } from '../../python-text.ts'
import type { Session } from '../session.ts'

const SEPARATOR = ' [SEP] '

/**
 * What follows the instruction, each piece in quotes; a page without it (the last one) as it is.
 *
 * @param text the page in the mode `text`
 * @example
 * quotedText('WebShop [SEP] Instruction: [SEP] Find me shoes [SEP] Search', session) // "'Search'"
 */
export function quotedText(text: string, { goal }: Session): string {
  const pieces = text.split(SEPARATOR)
  const instruction = pieces.indexOf(strip(goal.instruction))
  if (instruction < 0) return text
  return pieces
    .slice(instruction + 1)
    .map(piece => `'${piece}'`)
    .join(SEPARATOR)
}
