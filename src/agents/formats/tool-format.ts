/**
 * The move as a call of a function, for models that were trained to call functions.
 * @module
 */
import { z } from 'zod'
import type { Step } from '../../core/trajectory.ts'
import { parseMove, type RenderMessage, situationMessages } from '../../render/react.ts'
import { type AgentFormat, asPrompt, OK } from './agent-format.ts'

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
  messages(situation, { prompt, explain, examples }) {
    const told = [prompt, explain ? HOW_TO_ANSWER : ''].filter(part => part !== '').join('\n\n')
    const calls = (messages: RenderMessage[], steps: readonly Step[]) => messages.map(message => asCall(message, steps))
    if (examples.length === 0) return calls(situationMessages(situation, { prompt: told }), situation.steps)
    return [
      { role: 'user', content: told, step: -1 },
      { role: 'assistant', content: OK, step: -1 },
      // Each call has its result, the last one too.
      ...examples.flatMap(example => calls(situationMessages(example), example.steps)).map(asPrompt),
      ...calls(situationMessages(situation), situation.steps),
    ]
  },
  read({ text, toolCall }) {
    if (!toolCall) return { ...parseMove(text), text }
    const called = argumentsSchema.safeParse(parseJson(toolCall.arguments))
    if (!called.success) return { thought: '', action: '', text: toolCall.arguments }
    const { thought = text, action } = called.data
    return { thought: toLine(thought), action: toLine(action) }
  },
}

/** A step whose text is kept was no call: a message, and the observation answers as the user. */
function asCall(message: RenderMessage, steps: readonly Step[]): RenderMessage {
  const step = steps[message.step]
  if (!step || step.text !== undefined) return message
  if (message.role !== 'assistant') return { ...message, role: 'tool' }
  const { thought, action } = step
  return { ...message, content: '', toolCall: { name: NAME, arguments: JSON.stringify({ thought, action }) } }
}

const toLine = (text: string) => text.replace(/\s+/g, ' ').trim()

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
