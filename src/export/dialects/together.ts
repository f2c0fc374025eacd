/**
 * Together: token ids and labels as Parquet, or messages with weights.
 * @module
 */
import { z } from 'zod'
import { type MessageDialect, refuseWeights, type TokenDialect, wholeWeight } from '../dialect.ts'
import { attentionMask, IN_TURN, inTurn, tokenRow, withLabels } from '../rules.ts'

export const together: TokenDialect = {
  name: 'together',
  about: 'Together: token ids and labels, as Parquet',
  reads: 'examples',
  file: 'parquet',
  schema: withLabels(z.strictObject({ ...tokenRow, attention_mask: attentionMask })),
  rows(example) {
    refuseWeights(example, 'Together')
    const { input_ids, attention_mask, labels } = example
    return [{ input_ids, attention_mask, labels }]
  },
  use: file => `together files check ${file}
together files upload ${file}`,
}

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['system', 'user']), content: z.string() }),
  z.strictObject({ role: z.literal('assistant'), content: z.string(), weight: z.literal([0, 1]) }),
])

export const togetherMessages: MessageDialect = {
  name: 'together-messages',
  about: 'Together: messages with a weight of 0 or 1',
  reads: 'trajectories',
  file: 'jsonl',
  schema: z.strictObject({
    messages: z
      .array(message)
      .refine(inTurn, IN_TURN)
      .refine(messages => messages.some(one => one.role === 'assistant' && one.weight === 1), 'one weight must be 1'),
  }),
  rows: ({ messages }) => [
    {
      messages: messages.map(({ role, content, weight }) =>
        role === 'assistant' ? { role, content, weight: wholeWeight(weight, 'Together') } : { role, content },
      ),
    },
  ],
  use: file => `together files check ${file}
together files upload ${file}
# start the job with train_on_inputs: auto, so that only assistant messages are trained`,
}
