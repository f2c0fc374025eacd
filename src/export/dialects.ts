/**
 * The dialects by their names.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import type { Dialect } from './dialect.ts'
import { axolotl } from './dialects/axolotl.ts'
import { axolotlTokens } from './dialects/axolotl-tokens.ts'
import { fireworks, mistral, openai } from './dialects/hosted.ts'
import { llamaFactory, llamaFactoryV1 } from './dialects/llama-factory.ts'
import { msSwift } from './dialects/ms-swift.ts'
import { tinker } from './dialects/tinker.ts'
import { together, togetherMessages } from './dialects/together.ts'
import { trl } from './dialects/trl.ts'

export const DIALECTS: readonly Dialect[] = [
  trl,
  axolotlTokens,
  together,
  axolotl,
  msSwift,
  llamaFactory,
  llamaFactoryV1,
  openai,
  mistral,
  fireworks,
  togetherMessages,
  tinker,
]

/**
 * The dialect of a trainer.
 *
 * @throws {MisstepError} `usage` when there is none of that name
 * @example
 * dialectNamed('openai').rows(conversation, {})
 */
export function dialectNamed(name: string): Dialect {
  const dialect = DIALECTS.find(one => one.name === name)
  if (dialect) return dialect
  throw new MisstepError('usage', 'There is no such dialect', {
    value: name,
    advice: `There are ${DIALECTS.map(one => one.name).join(', ')}.`,
  })
}
