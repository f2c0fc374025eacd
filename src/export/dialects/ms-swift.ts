/**
 * ms-swift: `loss` on each answer, and `loss_scale` for fractions.
 * @module
 */
import { z } from 'zod'
import type { MessageDialect } from '../dialect.ts'
import { IN_TURN, inTurn } from '../rules.ts'

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['system', 'user']), content: z.string() }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.string().min(1),
    loss: z.boolean(),
    loss_scale: z.number().positive().optional(),
  }),
])

export const msSwift: MessageDialect = {
  name: 'ms-swift',
  about: 'ms-swift: messages, each answer with loss: true or false',
  reads: 'trajectories',
  file: 'jsonl',
  schema: z.strictObject({
    // Neighbours of one role would be merged, and their losses with them.
    messages: z
      .array(message)
      .refine(inTurn, IN_TURN)
      .refine(messages => messages.some(one => one.role === 'assistant' && one.loss), 'one loss must be true'),
  }),
  rows: ({ messages }) => [
    {
      messages: messages.map(({ role, content, weight }) =>
        role === 'assistant'
          ? { role, content, loss: weight > 0, ...(weight > 0 && weight !== 1 && { loss_scale: weight }) }
          : { role, content },
      ),
    },
  ],
  use: file => `swift sft --dataset ${file} --loss_scale default \\
  --max_length <at least your longest row> --truncation_strategy delete
# where the file holds a loss_scale, also: --is_binary_loss_scale false`,
}
