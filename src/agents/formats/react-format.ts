/**
 * Ours: thought and action on a line each, the observation as it is. The students are trained in it.
 * @module
 */
import { parseMove, type RenderMessage, situationMessages } from '../../render/react.ts'
import { type AgentFormat, exampleMessages, OK } from './agent-format.ts'

const HOW_TO_ANSWER = `Each of your answers is one step, on two lines: what you think, in a sentence or two, and one action. Then you are shown what the action brought about.
Thought: <what you know now, and what to do next>
Action: <one action>`

export const reactFormat: AgentFormat = {
  // A model that was not trained in the format likes to go on with what it would observe.
  stop: ['\nObservation:'],
  beforeAction: 'Action: ',
  messages(situation, { prompt, explain, examples }) {
    const told = [prompt, explain ? HOW_TO_ANSWER : ''].filter(part => part !== '').join('\n\n')
    if (examples.length === 0) return situationMessages(situation, { prompt: told })
    return [...opening(told), ...exampleMessages(examples, situationMessages), ...situationMessages(situation)]
  },
  read: ({ text }) => parseMove(text),
}

function opening(told: string): RenderMessage[] {
  return [
    { role: 'user', content: told, step: -1 },
    { role: 'assistant', content: OK, step: -1 },
  ]
}
