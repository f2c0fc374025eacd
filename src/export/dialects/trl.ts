/**
 * TRL 1.9 and newer: token ids and labels, kept as they are.
 * @module
 */
import { z } from 'zod'
import { refuseWeights, type TokenDialect } from '../dialect.ts'
import { tokenRow, withLabels } from '../rules.ts'

export const trl: TokenDialect = {
  name: 'trl',
  about: 'TRL: token ids and labels, as JSONL',
  reads: 'examples',
  file: 'jsonl',
  schema: withLabels(z.strictObject(tokenRow)),
  rows(example) {
    refuseWeights(example, 'TRL')
    const { input_ids, labels } = example
    return [{ input_ids, labels }]
  },
  use: file => `# trl sft --config <file> (TRL 1.9 or newer)
datasets:
  - path: json
    data_files: ${file}
max_length: null        # else rows are cut after 1024 tokens`,
}
