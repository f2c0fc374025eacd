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
  schema: withLabels(z.strictObject({ id: z.string(), ...tokenRow })),
  rows(example) {
    refuseWeights(example, 'TRL')
    // TRL drops a column that it does not know; by this one, `misstep lint` finds the trajectory.
    const { id, input_ids, labels } = example
    return [{ id, input_ids, labels }]
  },
  use: file => `# trl sft --config <file> (TRL 1.9 or newer)
datasets:
  - path: json
    data_files: ${file}
max_length: null        # else rows are cut after 1024 tokens`,
}
