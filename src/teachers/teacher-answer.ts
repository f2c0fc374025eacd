/**
 * What a teacher answers, read with suspicion: it is the output of a model.
 * @module
 */
import { z } from 'zod'
import type { ChatAnswer } from '../core/agent.ts'
import type { Move } from '../core/environment.ts'

/** Longest texts, in characters: more is no reflection, and would crowd the learner's context. */
const MOST = { reflection: 600, thought: 400, action: 300 } as const

const answerSchema = z.strictObject({
  verdict: z.enum(['right', 'wrong']),
  reflection: z.string(),
  thought: z.string(),
  action: z.string(),
})

/** For servers that can make a model keep to it. */
export const ANSWER_SCHEMA: Readonly<Record<string, unknown>> = (() => {
  const { $schema: _, ...schema } = z.toJSONSchema(answerSchema)
  return schema
})()

// Servers that cannot enforce the schema leave out what is empty, or add a remark.
const lenientSchema = z.object({
  verdict: z
    .string()
    .transform(word => word.trim().toLowerCase())
    .pipe(answerSchema.shape.verdict),
  reflection: z.string().nullish(),
  thought: z.string().nullish(),
  action: z.string().nullish(),
})

/** A verdict; or, as `fault`, what is wrong with the answer itself, in words for the one who gave it. */
export type TeacherAnswer =
  | { verdict: 'right' }
  | { verdict: 'wrong'; reflection: string; correction: Move }
  | { verdict: 'malformed'; fault: string }

/**
 * Reads an answer. All texts come back on one line, without control characters and without the labels of a step, so that
 * none of them can pass for more than the part that it is.
 *
 * @param isOver nothing can be done any more, so that a reflection is enough; default false
 * @example
 * readTeacherAnswer({ text: '{"verdict": "right"}', finish: 'stop' }) // { verdict: 'right' }
 */
export function readTeacherAnswer(answer: Pick<ChatAnswer, 'text' | 'finish'>, isOver = false): TeacherAnswer {
  const { text, finish } = answer
  const malformed = (fault: string): TeacherAnswer => ({ verdict: 'malformed', fault })
  const json = findJson(text)
  if (json === undefined) {
    return malformed(finish === 'length' ? 'It was cut off: be shorter.' : 'It is not one JSON object.')
  }
  const result = lenientSchema.safeParse(json)
  if (!result.success) {
    const [issue] = result.error.issues
    const key = issue?.path.join('.')
    if (key === 'verdict') return malformed('verdict must be "right" or "wrong".')
    return malformed(key ? `${key} must be a text.` : 'It is not one JSON object.')
  }
  if (result.data.verdict === 'right') return { verdict: 'right' }
  const parts = { reflection: '', thought: '', action: '' }
  for (const name of ['reflection', 'thought', 'action'] as const) {
    parts[name] = toLine(result.data[name] ?? '')
    if (parts[name] === '' && !(isOver && name !== 'reflection'))
      return malformed(`${name} is empty, though the verdict is "wrong".`)
    if (parts[name].length > MOST[name]) return malformed(`${name} has more than ${MOST[name]} characters.`)
  }
  const { reflection, thought, action } = parts
  return { verdict: 'wrong', reflection, correction: { thought, action } }
}

/** The object in an answer: alone, in a fence, or among words; a model's thinking aloud before it does not count. */
function findJson(text: string): unknown {
  const said = text.slice(text.lastIndexOf('</think>') + 1 ? text.lastIndexOf('</think>') + '</think>'.length : 0)
  const from = said.indexOf('{')
  const to = said.lastIndexOf('}')
  if (from < 0 || to < from) return undefined
  try {
    return JSON.parse(said.slice(from, to + 1))
  } catch {
    return undefined
  }
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Surrogate}\p{Zl}\p{Zp}\s]+/gu
const LABEL = /^(?:(?:thought|action|observation|reflection)\s*:\s*)+/i

function toLine(text: string): string {
  return text.replace(UNSEEN, ' ').trim().replace(LABEL, '')
}
