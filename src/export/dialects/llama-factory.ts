/**
 * LLaMA-Factory: the released line, which trains the last answer of a row or all, and its v1, which has weights.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import { isTrained, type WeightedMessage } from '../conversation.ts'
import { type MessageDialect, wholeWeight } from '../dialect.ts'
import { IN_TURN, inTurn } from '../rules.ts'

const plain = ({ role, content }: WeightedMessage) => ({ role, content })

export const llamaFactory: MessageDialect = {
  name: 'llama-factory',
  about: 'LLaMA-Factory, released line: one row for each answer that carries loss',
  reads: 'trajectories',
  file: 'jsonl',
  schema: z.strictObject({
    messages: z
      .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }))
      .refine(inTurn, IN_TURN),
  }),
  rows({ id, messages }, { split = true }) {
    for (const { weight } of messages) wholeWeight(weight, 'LLaMA-Factory')
    if (split) {
      return messages.flatMap((message, at) =>
        isTrained(message) ? [{ messages: messages.slice(0, at + 1).map(plain) }] : [],
      )
    }
    const masked = messages.findIndex(message => message.role === 'assistant' && !isTrained(message))
    if (masked < 0) return [{ messages: messages.map(plain) }]
    throw new MisstepError('mask', 'LLaMA-Factory would train an answer that carries no loss: the mask would be lost', {
      value: `${id}, message ${masked}`,
      advice:
        'Leave out --no-split, export to llama-factory-v1, or give it the tokens (see docs/export/llama-factory.md).',
    })
  },
  use: file => `# dataset_info.json
{ "misstep": { "file_name": "${file}", "formatting": "sharegpt", "columns": { "messages": "messages" },
  "tags": { "role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant", "system_tag": "system" } } }
# the training's YAML: each row trains its last answer only
dataset: misstep
mask_history: true      # not with rows of --no-split, which are trained whole
cutoff_len: <at least your longest row: longer ones are cut>`,
}

const v1Message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.tuple([z.strictObject({ type: z.literal('text'), value: z.string() })]),
  loss_weight: z.number().min(0),
})

export const llamaFactoryV1: MessageDialect = {
  name: 'llama-factory-v1',
  about: 'LLaMA-Factory v1: messages, each with a loss_weight',
  reads: 'trajectories',
  file: 'jsonl',
  schema: z.strictObject({
    messages: z
      .array(v1Message)
      .refine(inTurn, IN_TURN)
      // Its templates give a message without a weight one of their own.
      .refine(
        messages => messages.every(one => one.role === 'assistant' || one.loss_weight === 0),
        'only answers train',
      )
      .refine(messages => messages.some(one => one.loss_weight > 0), 'one loss_weight must be above 0'),
  }),
  rows: ({ messages }) => [
    {
      messages: messages.map(({ role, content, weight }) => ({
        role,
        content: [{ type: 'text', value: content }],
        loss_weight: weight,
      })),
    },
  ],
  use: file => `# USE_V1=1 llamafactory-cli sft <file>
train_dataset: ${file}`,
}
