/**
 * The engines that a recipe can name.
 * @module
 */
import type { Engine } from '../core/engine.ts'
import { embeddedEngine } from './embedded/engine.ts'
import { createTrlEngine } from './trl/engine.ts'
import type { TrlOptions } from './trl/options.ts'

/** The values of `train.engine`. */
export const ENGINES = ['embedded', 'trl'] as const

export interface EngineChoice {
  engine: (typeof ENGINES)[number]
  /** With `engine: trl`. */
  trl?: TrlOptions | undefined
}

/**
 * The engine that a recipe asks for.
 *
 * @example
 * engineNamed({ engine: 'trl', trl: { method: 'lora' } }).train(examples, options)
 */
export function engineNamed({ engine, trl }: EngineChoice): Engine {
  return engine === 'trl' ? createTrlEngine(trl) : embeddedEngine
}
