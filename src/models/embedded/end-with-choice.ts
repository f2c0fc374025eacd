/**
 * Answers that end with one of several texts.
 * @module
 */
import type { ChatRequest } from '../../core/agent.ts'
import { MisstepError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { ChatFormat } from '../../render/index.ts'
import { addAnswer, type Conversation, changeIds } from './conversation.ts'
import type { Scheduler } from './scheduler.ts'
import { chooseEnding, scoreEndings } from './score-endings.ts'

interface Engine {
  scheduler: Scheduler
  format: ChatFormat
  contextLength: number
}

interface Choosing {
  choices: NonNullable<ChatRequest['choices']>
  temperature: number
  random: Random
}

/**
 * Ends the answer under way with the text that the model finds likeliest, stop token included, or with one drawn by that.
 * The ids are those that the whole answer has in a training row.
 *
 * @param tokensIn ids before the answer
 * @param said what the answer begins with
 * @returns `undefined` where the context has no room for all texts
 */
export async function endWithChoice(
  { scheduler, format, contextLength }: Engine,
  conversation: Conversation,
  tokensIn: number,
  said: string,
  { choices, temperature, random }: Choosing,
): Promise<{ text: string; choice: string; tokensOut: number } | undefined> {
  const { stopId, tokenizer } = format
  const { sequence } = conversation
  const texts = [...new Set(choices.texts)]
  const answers = texts.map(text => `${said}${said === '' ? '' : '\n'}${choices.after}${text}`)
  const endings = answers.map(answer => [...tokenizer.encode(answer), stopId])
  if (tokensIn + Math.max(...endings.map(ending => ending.length)) > contextLength) return undefined
  const common = commonBeginning(endings)
  const ids = [...sequence.ids.slice(0, tokensIn), ...endings[0]!.slice(0, common)]
  changeIds(sequence, ids)
  const scores =
    endings.length === 1
      ? [0]
      : await scoreEndings(
          scheduler,
          sequence,
          endings.map(ending => ending.slice(common)),
        )
  const index = chooseEnding(scores, temperature, random)
  if (index < 0) throw new MisstepError('model', 'The model gives no finite numbers')
  const chosen = endings[index]!
  sequence.ids = [...ids.slice(0, tokensIn), ...chosen]
  addAnswer(conversation, answers[index]!, { tokensIn, kept: chosen.length - 1, stopId })
  return { text: answers[index]!, choice: texts[index]!, tokensOut: chosen.length }
}

/** How many ids all endings have in common at their beginning, leaving at least one of each. */
function commonBeginning(endings: readonly (readonly number[])[]): number {
  const [first, ...others] = endings
  const most = Math.min(...endings.map(ending => ending.length)) - 1
  let common = 0
  while (common < most && others.every(other => other[common] === first![common])) common++
  return common
}
