/**
 * Whether a trainer reads the rows that it was given: options, versions and their defaults may cut or mask them without a
 * word.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'

/** Of rows of training data: how many tokens they have, and how many of them have a label. */
export interface TokenCounts {
  tokens: number
  trained: number
}

const readSchema = z.object({ rows: z.number(), tokens: z.number(), trained: z.number() })

/**
 * Compares what TRL tells of its data set before the first step with what was written for it.
 *
 * @throws {MisstepError} `mask` where it is not the same
 */
export function refuseOtherRows(message: object, written: TokenCounts): void {
  const { data: read } = readSchema.safeParse(message)
  if (!read || (read.tokens === written.tokens && read.trained === written.trained)) return
  throw new MisstepError(
    'mask',
    `TRL reads ${read.tokens} tokens with ${read.trained} labels, of rows that have ${written.tokens} with ${written.trained}`,
    {
      value: { read, written },
      advice: 'Nothing was trained. A line under trl.config may cut, pack or mask the rows: leave it out.',
    },
  )
}
