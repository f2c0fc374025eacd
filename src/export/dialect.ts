/**
 * What a dialect is: how one trainer wants its rows, and what it makes of them.
 * @module
 */
import type { ZodType } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { type Example, isWholeWeight } from '../core/example.ts'
import type { WeightedConversation } from './conversation.ts'

interface DialectParts<Source> {
  /** Kebab-case, as in `--to openai`. */
  readonly name: string
  /** One line for the help. */
  readonly about: string
  /** The target's own rules for one row. */
  readonly schema: ZodType
  /** Fewer rows than this the target refuses. Default: 1. */
  readonly fewestRows?: number
  /**
   * The rows that one source becomes.
   *
   * @throws {MisstepError} `mask` when the target cannot express its mask
   */
  rows(source: Source, options: DialectOptions): object[]
  /** What to tell the target so that it reads the file as it is meant: lines of its configuration. */
  readonly use: (file: string) => string
}

/** A dialect of token ids and labels. */
export interface TokenDialect extends DialectParts<Example> {
  readonly reads: 'examples'
  readonly file: 'jsonl' | 'parquet'
}

/** A dialect of messages, which the target renders and tokenises itself. */
export interface MessageDialect extends DialectParts<WeightedConversation> {
  readonly reads: 'trajectories'
  readonly file: 'jsonl'
}

export type Dialect = TokenDialect | MessageDialect

export interface DialectOptions {
  /** Whether a conversation may become several rows, one for each answer that carries loss. Default: true. */
  split?: boolean
}

/**
 * Refuses fractions where a target knows only 0 and 1.
 *
 * @throws {MisstepError} `mask`
 */
export function wholeWeight(weight: number, target: string): 0 | 1 {
  if (isWholeWeight(weight)) return weight
  throw new MisstepError('mask', `${target} takes the weights 0 and 1 only, so the mask would be lost`, {
    value: weight,
    advice: 'Export to ms-swift or llama-factory-v1, which take fractions.',
  })
}

/**
 * Refuses rows whose labels are not all of their mask.
 *
 * @throws {MisstepError} `mask`
 */
export function refuseWeights({ weights = [] }: Example, target: string): void {
  for (const weight of weights) wholeWeight(weight, target)
}
