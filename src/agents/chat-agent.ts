/**
 * A language model that plays: thought and action in turn with observations.
 * @module
 */
import type { Agent, ChatAnswer, ChatModel } from '../core/agent.ts'
import { admissibleChoices, type Constraint } from './constrain.ts'
import { charactersOf, type Fit, fitContext, WHOLE } from './fit-context.ts'
import { FORMATS, type FormatName } from './formats/formats.ts'
import { createGrowingMessages } from './growing-messages.ts'
import type { WorkedExample } from './worked-examples.ts'

export interface ChatAgentOptions {
  model: ChatModel
  /** What it is told before its first episode: see `promptFor`. Default: nothing. */
  prompt?: string
  /** Most tokens of a thought and an action together. Default 80. */
  answerTokens?: number
  /** Default 0: always the likeliest. */
  temperature?: number
  /** Default: the model's. */
  name?: string
  /** How it speaks: `react` (ours), `eto` (as the field does, to compare figures) or `tools`. Default `react`. */
  format?: FormatName
  /** Also tells it how to answer: for models that were not trained in the format. Default false. */
  explain?: boolean
  /** Shown before the task; see `makeWorkedExamples`. Default: none. */
  examples?: readonly WorkedExample[]
  /**
   * An answer ends before the first of these, such as an environment's `stop`; where `explain` is set, also before the
   * format's own. The first four are sent: many servers take no more. Default: none.
   */
  stop?: readonly string[]
  /**
   * When the conversation fills the model's context: `reject` makes a step without an action of it, which the
   * environment rejects; `shorten` leaves out the oldest observations first, never the instruction. Default `reject`.
   */
  whenFull?: 'reject' | 'shorten'
  /**
   * `admissible`: the thought is free, but the action is the likeliest of those that the environment would accept (or drawn
   * by how likely each is). Privileged information; for the embedded engine and the format `react`. Default: free.
   */
  constrain?: Constraint
}

/** Tokens of a character of a conversation, on the high side, until the model has told its own. */
const TOKENS_OF_CHARACTER = 0.35
/** As OpenAI's interface has it. */
const MOST_STOPS = 4
/** Times that a conversation is shortened further because the model still finds it too long. */
const MOST_TRIES = 6

/**
 * An agent around a model. Whatever the model writes becomes a step: what is no move, the environment rejects.
 *
 * @example
 * const agent = createChatAgent({ model: await createEmbeddedModel('students/household-base'), prompt: environment.prompt })
 */
export function createChatAgent(options: ChatAgentOptions): Agent {
  const { model, prompt = '', answerTokens = 80, temperature = 0, explain = false, examples = [] } = options
  const format = FORMATS[options.format ?? 'react']
  const stop = [...(explain ? (format.stop ?? []) : []), ...(options.stop ?? [])].slice(0, MOST_STOPS)
  const shortens = options.whenFull === 'shorten'
  const messages = createGrowingMessages(format, { prompt, explain, examples })
  const fits = new Map<string, Fit>()
  const read = { characters: 0, tokens: 0 }
  /** In characters; what the model was found to refuse is more than it takes. */
  let refused = Number.POSITIVE_INFINITY

  const roomFor = () => {
    if (model.contextLength === undefined) return refused
    const each = read.characters > 0 ? read.tokens / read.characters : TOKENS_OF_CHARACTER
    return Math.min(refused, Math.max(0, model.contextLength - answerTokens) / each)
  }

  return {
    name: options.name ?? model.name,
    model: model.name,
    ...(model.checkpoint !== undefined && { checkpoint: model.checkpoint }),
    async act(situation) {
      const { conversation } = situation
      const whole = messages.of(situation)
      const choices = options.constrain && admissibleChoices(situation, format)
      const used = { tokensIn: 0, tokensOut: 0 }
      let cost: number | undefined
      let answer: ChatAnswer
      let shortened = 0
      for (let tries = 1; ; tries++) {
        const room = shortens ? roomFor() : Number.POSITIVE_INFINITY
        const fitted = fitContext(whole, room, fits.get(conversation) ?? WHOLE)
        if (fitted.fit !== WHOLE) fits.set(conversation, fitted.fit)
        shortened = fitted.shortened
        answer = await model.complete({
          messages: fitted.messages,
          conversation,
          maxTokens: answerTokens,
          temperature,
          seed: `${situation.seed}/${situation.steps.length}`,
          ...(stop.length > 0 && { stop }),
          ...(format.tool && { tool: format.tool }),
          ...(choices && { choices }),
        })
        used.tokensIn += answer.tokensIn
        used.tokensOut += answer.tokensOut
        if (answer.cost !== undefined) cost = (cost ?? 0) + answer.cost
        if (!shortens) break
        const characters = charactersOf(fitted.messages)
        if (!answer.overflow) {
          read.characters += characters
          read.tokens += answer.tokensIn
        }
        if (!answer.overflow || tries >= MOST_TRIES) break
        refused = Math.min(refused, characters * 0.9)
      }
      return {
        ...format.read(answer, situation),
        // Whatever the thought says of actions.
        ...(answer.choice !== undefined && { action: answer.choice }),
        // What was chosen was not sampled.
        ...(answer.choice === undefined && answer.tokenIds?.length && { tokenIds: answer.tokenIds }),
        ...(shortened > 0 && { shortened }),
        ...used,
        ...(cost !== undefined && { cost }),
      }
    },
    forget(conversation) {
      fits.delete(conversation)
      messages.forget(conversation)
      model.forget?.(conversation)
    },
  }
}
