/**
 * OpenAI, Mistral and Fireworks: messages with a weight of 0 or 1 on each answer.
 * @module
 */
import { z } from 'zod'
import type { WeightedConversation } from '../conversation.ts'
import { type MessageDialect, wholeWeight } from '../dialect.ts'
import { IN_TURN, inTurn } from '../rules.ts'

const weight = z.literal([0, 1])
const read = z.strictObject({ role: z.enum(['system', 'user']), content: z.string() })
const answer = z.strictObject({ role: z.literal('assistant'), content: z.string(), weight })
const message = z.discriminatedUnion('role', [read, answer])
const wordyMessage = z.discriminatedUnion('role', [
  z.strictObject({ ...read.shape, content: z.string().min(1) }),
  z.strictObject({ ...answer.shape, content: z.string().min(1) }),
])

type Row = { role: string; weight?: 0 | 1 }[]
const oneTrained = (messages: Row) => messages.some(one => one.weight === 1)
const ONE_TRAINED = 'one weight must be 1'

const weighted = (target: string) => ({
  reads: 'trajectories' as const,
  file: 'jsonl' as const,
  rows: ({ messages }: WeightedConversation) => [
    {
      messages: messages.map(({ role, content, weight }) =>
        role === 'assistant' ? { role, content, weight: wholeWeight(weight, target) } : { role, content },
      ),
    },
  ],
})

export const openai: MessageDialect = {
  name: 'openai',
  about: 'OpenAI: messages, each answer with a weight of 0 or 1',
  ...weighted('OpenAI'),
  schema: z.strictObject({
    messages: z
      .array(message)
      .refine(messages => messages.at(-1)?.role === 'assistant', 'the last message must be the assistant')
      .refine(oneTrained, ONE_TRAINED),
  }),
  fewestRows: 10,
  use: file => `curl https://api.openai.com/v1/files -H "Authorization: Bearer $OPENAI_API_KEY" \\
  -F purpose=fine-tune -F file=@${file}`,
}

export const mistral: MessageDialect = {
  name: 'mistral',
  about: 'Mistral: messages, each answer with a weight of 0 or 1',
  ...weighted('Mistral'),
  schema: z.strictObject({ messages: z.array(wordyMessage).refine(inTurn, IN_TURN).refine(oneTrained, ONE_TRAINED) }),
  use: file => `curl https://api.mistral.ai/v1/files -H "Authorization: Bearer $MISTRAL_API_KEY" \\
  -F purpose=fine-tune -F file=@${file}`,
}

export const fireworks: MessageDialect = {
  name: 'fireworks',
  about: 'Fireworks: messages, each answer with a weight of 0 or 1',
  ...weighted('Fireworks'),
  schema: z.strictObject({ messages: z.array(message).refine(inTurn, IN_TURN).refine(oneTrained, ONE_TRAINED) }),
  fewestRows: 3,
  use: file => `firectl dataset create <name> ${file}
# then look at "Render Samples" of the job: it shows the tokens and which of them are trained`,
}
