/**
 * Axolotl, messages: a field of each message says whether it is trained.
 * @module
 */
import { z } from 'zod'
import { type MessageDialect, wholeWeight } from '../dialect.ts'
import { IN_TURN, inTurn } from '../rules.ts'

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['system', 'user']), content: z.string(), train: z.literal(false) }),
  z.strictObject({ role: z.literal('assistant'), content: z.string().min(1), train: z.boolean() }),
])

export const axolotl: MessageDialect = {
  name: 'axolotl',
  about: 'Axolotl: messages, each with train: true or false',
  reads: 'trajectories',
  file: 'jsonl',
  schema: z.strictObject({
    messages: z
      .array(message)
      .refine(inTurn, IN_TURN)
      // Axolotl warns that a last turn without loss may give the end of the turn one all the same.
      .refine(messages => messages.at(-1)?.train, 'the last message must be trained'),
  }),
  rows: ({ messages }) => [
    {
      messages: messages.map(({ role, content, weight }) => ({
        role,
        content,
        train: wholeWeight(weight, 'Axolotl') === 1,
      })),
    },
  ],
  use: file => `# axolotl train <file>
chat_template: tokenizer_default
datasets:
  - path: ${file}
    ds_type: json
    type: chat_template
    field_messages: messages
    message_field_training: train
    roles_to_train: []  # only what the file says is trained
    train_on_eos: turn  # the end of a trained turn, and of no other
eot_tokens: [<the token that ends an answer, where it is not the eos token>]`,
}
