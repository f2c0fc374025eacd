/**
 * Ours: thought and action on a line each, the observation as it is. The students are trained in it.
 * @module
 */
import { parseMove, situationMessages, turnMessages } from '../../render/react.ts'
import { type AgentFormat, agreement, exampleMessages, toldFirst } from './agent-format.ts'

const HOW_TO_ANSWER = `Each of your answers is one step, on two lines: what you think, in a sentence or two, and one action. Then you are shown what the action brought about.
Thought: <what you know now, and what to do next>
Action: <one action>`

export const reactFormat: AgentFormat = {
  // A model that was not trained in the format likes to go on with what it would observe.
  stop: ['\nObservation:'],
  beforeAction: 'Action: ',
  opening({ instruction, opening }, options) {
    const { examples } = options
    const told = toldFirst(options, HOW_TO_ANSWER)
    const task = { instruction, opening, steps: [] }
    if (examples.length === 0) return situationMessages(task, { prompt: told })
    return [...agreement(told), ...exampleMessages(examples, situationMessages), ...situationMessages(task)]
  },
  turn: turnMessages,
  read: ({ text }) => parseMove(text),
}
