/**
 * The move as a call of a function, for models that were trained to call functions.
 * @module
 */
import { z } from 'zod'
import { parseJson } from '../../core/parse-json.ts'
import type { Step } from '../../core/trajectory.ts'
import { parseMove, type RenderMessage, situationMessages, turnMessages } from '../../render/react.ts'
import { type AgentFormat, agreement, asPrompt, toldFirst } from './agent-format.ts'

const NAME = 'act'
const HOW_TO_ANSWER = `Each of your answers is one call of the function ${NAME} and nothing else. Its result is what the action brought about.`

const argumentsSchema = z.object({ thought: z.string().optional(), action: z.string() })

export const toolFormat: AgentFormat = {
  tool: {
    name: NAME,
    description: 'Does one action and returns what it brought about.',
    parameters: {
      type: 'object',
      properties: {
        thought: { type: 'string', description: 'What you know now, and what to do next, in a sentence or two.' },
        action: { type: 'string', description: 'One action, in the words of the instructions.' },
      },
      required: ['thought', 'action'],
      additionalProperties: false,
    },
  },
  opening({ instruction, opening }, options) {
    const { examples } = options
    const told = toldFirst(options, HOW_TO_ANSWER)
    const task = { instruction, opening, steps: [] }
    if (examples.length === 0) return situationMessages(task, { prompt: told })
    return [
      ...agreement(told),
      // Each call has its result, the last one too.
      ...examples
        .flatMap(example => [...situationMessages({ ...example, steps: [] }), ...example.steps.flatMap(call)])
        .map(asPrompt),
      ...situationMessages(task),
    ]
  },
  turn: call,
  read({ text, toolCall }) {
    if (!toolCall) return { ...parseMove(text), text }
    const called = argumentsSchema.safeParse(parseJson(toolCall.arguments))
    if (!called.success) return { thought: '', action: '', text: toolCall.arguments }
    const { thought = text, action } = called.data
    return { thought: toLine(thought), action: toLine(action) }
  },
}

/** A step whose text is kept was no call: a message, and the observation answers as the user. */
function call(step: Step, index: number): RenderMessage[] {
  const { thought, action, text, observation } = step
  if (text !== undefined) return turnMessages(step, index)
  const toolCall = { name: NAME, arguments: JSON.stringify({ thought, action }) }
  return [
    { role: 'assistant', content: '', step: index, toolCall },
    { role: 'tool', content: observation, step: index },
  ]
}

const toLine = (text: string) => text.replace(/\s+/g, ' ').trim()
