/**
 * Axolotl, pre-tokenised: a data set without a type is taken as it is.
 * @module
 */
import { z } from 'zod'
import { refuseWeights, type TokenDialect } from '../dialect.ts'
import { attentionMask, tokenRow, withLabels } from '../rules.ts'

export const axolotlTokens: TokenDialect = {
  name: 'axolotl-tokens',
  about: 'Axolotl: token ids and labels, as JSONL',
  reads: 'examples',
  file: 'jsonl',
  schema: withLabels(z.strictObject({ ...tokenRow, attention_mask: attentionMask })),
  rows(example) {
    refuseWeights(example, 'Axolotl')
    const { input_ids, attention_mask, labels } = example
    return [{ input_ids, attention_mask, labels }]
  },
  use: file => `# axolotl train <file>
datasets:
  - path: ${file}
    ds_type: json
    type:               # empty: the rows are tokens already
train_on_inputs: true   # the labels of the file decide
sequence_len: <at least your longest row: longer ones are dropped>`,
}
