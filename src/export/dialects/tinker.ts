/**
 * Tinker: `trainable` on every message, for `TrainOnWhat.CUSTOMIZED` of its cookbook.
 * @module
 */
import { z } from 'zod'
import { type MessageDialect, wholeWeight } from '../dialect.ts'
import { IN_TURN, inTurn } from '../rules.ts'

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['system', 'user']), content: z.string(), trainable: z.literal(false) }),
  z.strictObject({ role: z.literal('assistant'), content: z.string(), trainable: z.boolean() }),
])

export const tinker: MessageDialect = {
  name: 'tinker',
  about: 'Tinker: messages, each with trainable: true or false',
  reads: 'trajectories',
  file: 'jsonl',
  schema: z.strictObject({
    messages: z
      .array(message)
      .refine(inTurn, IN_TURN)
      .refine(messages => messages.some(one => one.trainable), 'one message must be trainable'),
  }),
  rows: ({ messages }) => [
    {
      messages: messages.map(({ role, content, weight }) => ({
        role,
        content,
        trainable: wholeWeight(weight, 'Tinker') === 1,
      })),
    },
  ],
  use: file => `# Python, tinker_cookbook
common = ChatDatasetBuilderCommonConfig(..., train_on_what=TrainOnWhat.CUSTOMIZED)
FromConversationFileBuilder(common_config=common, file_path="${file}")`,
}
