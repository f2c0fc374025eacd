/**
 * What a thread that computes gradients has to know, as plain data and shared memory, and what it can be asked for.
 * @module
 */
import type { LlamaConfig } from '../../checkpoint/index.ts'
import type { AdamWArrays, AdamWStep } from './adamw.ts'
import { type LlamaModel, type LlamaModels, prefixOf } from './llama.ts'
import type { MicroBatch } from './micro-batches.ts'
import { type Layout, type Place, sharedFloats } from './parameters.ts'

/** Parameters that are not trained, in shared memory. */
export interface Frozen {
  layout: Layout
  numbers: Float32Array
}

/** A parameter of a layer: what its model calls it, and where it lies among the trained ones or the frozen ones. */
export interface LayerInput extends Place {
  input: string
  frozen: boolean
  /** The model's output that holds its gradient. */
  gradient?: string
  /** The model's input that it is added to. */
  sum?: string
}

export interface ThreadPlan {
  hiddenSize: number
  models: LlamaModels
  /** The last item is the head: the norm's parameters, and the matrix that makes logits; or all where the model is whole. */
  layers: LayerInput[][]
  /** How many trained positions the head reads at once: tables as long as the vocabulary are for so many only. */
  headRows: number
  embeddings: Place & { frozen: boolean; tied: boolean }
  /** All in shared memory; what is trained, and what is not. */
  arrays: AdamWArrays
  frozen: Float32Array
  places: Place[]
  /**
   * How threads take turns, in shared memory: a clock that goes on with every turn, whether a thread has failed, and from
   * {@link TURNS} on, for each layer, the head and the embeddings, how many micro-batches were added to its gradient.
   */
  turns: Int32Array
  /** Numbers of gradient that a thread may hold until it is their turn; it waits when there are more. */
  patience: number
  /** Sums of squares of the gradient's pieces, {@link PIECE} numbers each. */
  squares: Float64Array
}

/** What a thread can be asked for; it answers with a number. */
export type Request =
  | {
      /** Adds a micro-batch's gradient to the shared one when it is its turn; answers with its loss. */
      task: 'gradient'
      microBatch: MicroBatch
      /** Its turn: they are added in this order. */
      turn: number
      /** Of every trained token. */
      weight: number
      /** The parameters are read anew when this differs from the request before. */
      version: number
    }
  /** Waits until all gradients of this thread are added. */
  | { task: 'settle' }
  /** Sums the squares of every so many pieces of the gradient, from one on. */
  | { task: 'square'; first: number; every: number; piece: number }
  | { task: 'update'; range: readonly [number, number]; step: AdamWStep }
  | { task: 'close' }

/** Where turns begin in {@link ThreadPlan.turns}. */
export const TURNS = 2
/** Fixed, so that sums do not depend on the number of threads. */
export const PIECE = 65_536

/** A layer of a large model, and all of a small one: threads seldom wait for one another. */
export const PATIENCE = 2 ** 21

/** The head's logits at a time, and the fewest positions: each time, its matrix comes from memory. */
const [LOGITS, LEAST_ROWS] = [2 ** 21, 256]
export const headRowsOf = ({ vocabularySize }: Pick<LlamaConfig, 'vocabularySize'>) =>
  Math.max(LEAST_ROWS, Math.floor(LOGITS / vocabularySize))

export interface PlanOptions {
  config: LlamaConfig
  models: LlamaModels
  layout: Layout
  arrays: AdamWArrays
  frozen?: Frozen | undefined
  /** Default: some layers' worth. */
  patience?: number
  /** See {@link ThreadPlan.headRows}. */
  headRows?: number
}

export function createThreadPlan({ config, models, layout, arrays, frozen, ...options }: PlanOptions): ThreadPlan {
  const trained = new Map(layout.places.map(place => [place.name, place]))
  const others = new Map((frozen?.layout.places ?? []).map(place => [place.name, place]))
  const placeOf = (name: string) => ({ ...(trained.get(name) ?? others.get(name))!, frozen: !trained.has(name) })
  const inputs = ({ parameters, gradients, sums = {} }: LlamaModel, prefix = ''): LayerInput[] =>
    parameters.map(input => {
      const [gradient, sum] = [gradients[input], sums[input]]
      return { ...placeOf(prefix + input), input, ...(gradient && { gradient }), ...(sum && { sum }) }
    })
  const { inner, last, loss } = models
  const layers = last ? [...Array.from({ length: config.layers - 1 }, () => inner!), last] : []
  return {
    hiddenSize: config.hiddenSize,
    models,
    layers: [...layers.map(({ backward }, layer) => inputs(backward, prefixOf(layer))), inputs(loss)],
    headRows: last ? (options.headRows ?? headRowsOf(config)) : Infinity,
    embeddings: { ...placeOf('model.embed_tokens.weight'), tied: config.tiedEmbeddings },
    arrays,
    frozen: frozen?.numbers ?? sharedFloats(0),
    places: layout.places,
    turns: new Int32Array(new SharedArrayBuffer(4 * (TURNS + config.layers + 2))),
    patience:
      options.patience ??
      PATIENCE + (trained.has('model.embed_tokens.weight') ? config.vocabularySize * config.hiddenSize : 0),
    squares: new Float64Array(new SharedArrayBuffer(8 * Math.ceil(layout.size / PIECE))),
  }
}
