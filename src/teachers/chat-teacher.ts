/**
 * A language model that watches, judges each step and corrects the wrong ones.
 * @module
 */
import type { AgentMove, ChatModel, Message, Situation, Teacher, TeacherSpent, Watch } from '../core/agent.ts'
import type { Episode, Misstep, Outcome } from '../core/environment.ts'
import { UNJUDGED } from '../core/trajectory.ts'
import { cut, describeHints, describeMoment } from './describe-moment.ts'
import { ANSWER_SCHEMA } from './teacher-answer.ts'
import { readTeacherPrompt, type TeacherPrompt } from './teacher-prompt.ts'
import { type Weighed, weighAnswer } from './weigh-answer.ts'

export interface ChatTeacherOptions {
  model: ChatModel
  /**
   * `seen`: it is shown just what the student has seen. `everything`: also the admissible actions, why an action was
   * rejected and the next step of an expert that knows all. Default: `seen`.
   */
  sees?: 'seen' | 'everything'
  /** The prompt: the path of a file, or one that was read. Default: `prompts/teacher.md` of the package. */
  prompt?: string | TeacherPrompt
  /** How often it is asked about one step at most: again after an answer that cannot be used. Default: 3. */
  attempts?: number
  /** What the environment tells an agent: `environment.prompt`. Default: nothing. */
  rules?: string
  /** Most tokens of an answer. Default: 512. */
  answerTokens?: number
}

/** Characters of history that a teacher reads where no context length is known. */
const MOST_HISTORY = 24_000
/** Fewest characters that a token stands for, taken over a whole prompt. */
const CHARACTERS_PER_TOKEN = 3

/**
 * A teacher around a model. Its answers are checked: one that is malformed, that calls a rejected step right or whose
 * correction the environment rejects on a fork is given back to it with the reason. When the attempts are used up, a
 * wrong step keeps its verdict, without correction, and any other is `unjudged`: neither is ever trained as right.
 * A history that is longer than the model's context loses its oldest steps.
 *
 * @throws {MisstepError} `usage` when the prompt's file cannot be used
 * @example
 * const model = await createEndpointModel({ url: 'http://127.0.0.1:8000/v1', model: 'qwen' })
 * const teacher = createChatTeacher({ model, sees: 'seen', rules: promptFor(environment, true) })
 */
export function createChatTeacher(options: ChatTeacherOptions): Teacher {
  const { model, prompt, rules = '', sees = 'seen', attempts = 3, answerTokens = 512 } = options
  const { fill } = typeof prompt === 'object' ? prompt : readTeacherPrompt(prompt)

  /** Characters of history for which there is room beside so many others. */
  const roomBeside = (others: number) => {
    if (model.contextLength === undefined) return MOST_HISTORY
    const room = (model.contextLength - attempts * answerTokens) * CHARACTERS_PER_TOKEN - others
    return Math.min(MOST_HISTORY, Math.max(0, room))
  }

  const judge = async (
    { episode, seed, spent }: Watched,
    move: AgentMove,
    outcome: Outcome | undefined,
    situation: Situation,
  ) => {
    const conversation = `${seed}/teacher/${situation.steps.length}${outcome ? '' : '/before'}`
    const hints = sees === 'everything' ? await describeHints(episode, outcome) : ''
    const question = (room: number): Message => {
      return { role: 'user', content: fill(describeMoment({ situation, move, outcome }, { rules, hints, room })) }
    }
    let room = roomBeside(question(0).content.length)
    let messages = [question(room)]
    let weighed: Weighed = {}
    try {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const answer = await model.complete({
          messages,
          conversation,
          maxTokens: answerTokens,
          temperature: 0,
          seed: `${conversation}/${attempt}`,
          schema: ANSWER_SCHEMA,
        })
        count(spent, answer)
        if (answer.overflow) {
          room = Math.floor(room / 2)
          messages = [question(room)]
          weighed = { ...weighed, fault: "The record is longer than the teacher's context." }
          continue
        }
        weighed = await weighAnswer(answer, { episode, move, outcome }, weighed)
        if (weighed.fault === undefined) return weighed.misstep
        messages = [
          ...messages,
          { role: 'assistant', content: cut(answer.text, 4000) || '(nothing)' },
          { role: 'user', content: `${weighed.fault}\nAnswer again with one JSON object and nothing else.` },
        ]
      }
    } finally {
      model.forget?.(conversation)
    }
    return weighed.misstep ?? unjudged(weighed)
  }

  return {
    name: model.name,
    watch(episode, seed): Watch {
      const spent: TeacherSpent = { model: model.name, requests: 0, tokensIn: 0, tokensOut: 0 }
      const watched = { episode, seed, spent }
      return {
        judge: (move, outcome, situation) => judge(watched, move, outcome, situation),
        consider: (move, situation) => judge(watched, move, undefined, situation),
        observe() {},
        spent: () => ({ ...spent }),
      }
    },
  }
}

/** An episode under the eyes of the teacher, and what that has used up. */
interface Watched {
  episode: Episode
  seed: string
  spent: TeacherSpent
}

function count(spent: TeacherSpent, answer: { tokensIn: number; tokensOut: number; cost?: number }): void {
  spent.requests++
  spent.tokensIn += answer.tokensIn
  spent.tokensOut += answer.tokensOut
  if (answer.cost !== undefined) spent.cost = (spent.cost ?? 0) + answer.cost
}

function unjudged({ fault = '', withheld }: Weighed): Misstep {
  return { kind: UNJUDGED, reflection: '', note: fault, ...(withheld && { withheld }) }
}
