/**
 * What a plan of one training with TRL is made from.
 * @module
 */
import type { TrainOptions } from '../../core/engine.ts'
import type { TrlMachine } from './machine.ts'
import type { ResolvedTrlOptions } from './options.ts'

/** What the plan must know of the rows. */
export interface RowFacts {
  rows: number
  tokens: number
  longest: number
}

export interface PlanOptions {
  trl: ResolvedTrlOptions
  train: TrainOptions
  machine: TrlMachine
  python: string
  rows: RowFacts
  /** The state folder, absolute. */
  folder: string
  /** A checkpoint of TRL's to go on from. */
  resume?: string
}
