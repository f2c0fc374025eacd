/**
 * A language model that plays: thought and action in turn with observations.
 * @module
 */
import type { Agent, ChatModel } from '../core/agent.ts'
import { parseMove, situationMessages } from '../render/react.ts'

export interface ChatAgentOptions {
  model: ChatModel
  /** What it is told before its first episode: `environment.prompt`. Default: nothing. */
  prompt?: string
  /** Most tokens of a thought and an action together. Default 80. */
  answerTokens?: number
  /** Default 0: always the likeliest. */
  temperature?: number
  /** Default: the model's. */
  name?: string
}

/**
 * An agent around a model. Whatever the model writes becomes a step: what is no move, the environment rejects.
 *
 * @example
 * const agent = createChatAgent({ model: await createEmbeddedModel('students/household-1m'), prompt: environment.prompt })
 */
export function createChatAgent(options: ChatAgentOptions): Agent {
  const { model, prompt = '', answerTokens = 80, temperature = 0 } = options
  return {
    name: options.name ?? model.name,
    model: model.name,
    ...(model.checkpoint !== undefined && { checkpoint: model.checkpoint }),
    async act(situation) {
      const { text, tokensIn, tokensOut } = await model.complete({
        messages: situationMessages(situation, { prompt }),
        conversation: situation.conversation,
        maxTokens: answerTokens,
        temperature,
        seed: `${situation.seed}/${situation.steps.length}`,
      })
      return { ...parseMove(text), tokensIn, tokensOut }
    },
    forget: conversation => model.forget?.(conversation),
  }
}
