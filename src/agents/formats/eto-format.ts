/**
 * The protocol that the papers around ETO compare by (Song et al. 2024; Yifan-Song793/ETO, commit a2fc5da): the
 * instruction, `OK`, worked examples, the task; and whatever follows the first `Action:` goes to the environment.
 * @module
 */
import type { Step } from '../../core/trajectory.ts'
import { strip } from '../../environments/python-text.ts'
import { formatMove, type RenderMessage, stepText } from '../../render/react.ts'
import { type AgentFormat, agreement, exampleMessages, type FormatSituation, toldFirst } from './agent-format.ts'

const HOW_TO_ANSWER = `Your response should use the following format:

Thought: <your thoughts>
Action: <your next action>`

/** What differs from benchmark to benchmark in that code. */
interface Customs {
  /** What precedes an observation. */
  label: string
  /** What precedes an action. */
  mark: string
  /** Whether one more white space after the mark is no part of the action. */
  spaced: boolean
  /** The observation of an answer without an action, which never reaches the environment there. */
  notice: string
  task(situation: Pick<FormatSituation, 'instruction' | 'opening'>): string
}

const OTHERS: Customs = {
  label: 'Observation: ',
  mark: 'Action: ',
  spaced: false,
  notice: "Observation: Invalid format. The input must contains 'Action: '",
  task: ({ instruction, opening }) => (opening.includes(instruction) ? opening : `${instruction}\n\n${opening}`),
}
const HOUSEHOLD: Customs = {
  label: 'Observation: ',
  mark: 'Action:',
  spaced: true,
  notice: "Observation: Error Input. Your input must contains 'Action: '",
  // Without the greeting, and with single line breaks.
  task: ({ opening }) => {
    const parts = opening.split('\n\n')
    return (parts[0]?.includes('Welcome') ? parts.slice(1) : parts).join('\n')
  },
}
const CUSTOMS: Readonly<Record<string, Customs>> = {
  alfworld: HOUSEHOLD,
  households: HOUSEHOLD,
  webshop: { ...OTHERS, label: 'Observation:\n', task: ({ opening }) => opening },
  sciworld: { ...OTHERS, task: ({ instruction }) => instruction },
}

export const etoFormat: AgentFormat = {
  // A model that was not trained in the format likes to go on with what it would observe, or with another task.
  stop: ['\nObservation:', '\nTask:', '\n---'],
  opening(situation, options) {
    const customs = customsOf(situation)
    return [
      ...agreement(toldFirst(options, HOW_TO_ANSWER)),
      ...exampleMessages(options.examples, example => [
        taskMessage(example, customs),
        ...example.steps.flatMap((step, index) => turn(step, index, customs)),
      ]),
      taskMessage(situation, customs),
    ]
  },
  turn: (step, index, situation) => turn(step, index, customsOf(situation)),
  read({ text }, situation) {
    const written = strip(text)
    const { mark, spaced } = customsOf(situation)
    const at = written.indexOf(mark)
    if (at < 0) return { thought: '', action: '', text }
    const after = written.slice(at + mark.length)
    const isSpaced = spaced && after !== '' && strip(after[0]!) === ''
    const thought = strip(written.slice(0, at).replace(/^Thought:/, ''))
    const move = { thought, action: isSpaced ? after.slice(1) : after }
    return text === formatMove(move) ? move : { ...move, text }
  },
}

const customsOf = ({ task }: Pick<FormatSituation, 'task'>) => CUSTOMS[task.environment] ?? OTHERS

const taskMessage = (
  situation: Pick<FormatSituation, 'instruction' | 'opening'>,
  { task }: Customs,
): RenderMessage => ({
  role: 'user',
  content: task(situation),
  step: -1,
})

function turn(step: Step, index: number, { label, mark, notice }: Customs): RenderMessage[] {
  const text = stepText(step)
  const observation = strip(text).includes(mark) ? `${label}${step.observation}` : notice
  return [
    { role: 'assistant', content: text, step: index },
    { role: 'user', content: observation, step: index },
  ]
}
