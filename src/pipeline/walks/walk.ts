/**
 * What a walk is: aimless play to pre-train on.
 * @module
 */
import { z } from 'zod'
import type { Episode } from '../../core/environment.ts'
import type { Random } from '../../core/random.ts'
import type { Conversation } from '../../render/index.ts'

/** Fewest and most steps of a walk. */
export const steps = z.tuple([z.int(), z.int()])

/** A walk, and the steps whose answers nobody could foresee: there is nothing to learn from them but noise. */
export interface Walk extends Conversation {
  unforeseen: ReadonlySet<number>
}

/** Walks by number. */
export interface Walks {
  /** What an agent is told before all. */
  readonly prompt: string
  /** The number of the first walk. */
  readonly first: number
  walk(number: number, length: number, random: Random): Promise<Walk>
  /** The same place again, for expert and judge. */
  start(number: number): Promise<Episode>
  close(): Promise<void>
}
