/**
 * What one training takes: memory and time.
 * @module
 */

import type { ModelOutline } from '../../checkpoint/index.ts'
import { adapterLayout } from '../../train/embedded/adapters.ts'
import { estimateTraining as estimateEmbedded } from '../../train/embedded/training-memory.ts'
import type { ResolvedTrlOptions } from '../../train/trl/options.ts'
import type { ResolvedRecipe } from '../recipe.ts'
import { type Hardware, speedOf } from './assumptions.ts'

/** CUDA, its libraries and what lies unused between the pieces, in bytes. */
const OVERHEAD = 3e9

/**
 * Bytes on each GPU (or of each process without one) with TRL: float32 weights, gradients and two moments, split as the
 * sharding says (Rajbhandari et al. 2020, arXiv:1910.02054), and what a batch keeps for the way back.
 *
 * @param tokens read at once by one process
 */
export function trlMemory(shape: ModelOutline, trl: ResolvedTrlOptions, hardware: Hardware, tokens: number): number {
  const { parameters, layers, hiddenSize, intermediateSize, vocabularySize } = shape
  const number = hardware.bf16 ? 2 : 4
  const world = Math.max(1, hardware.gpus || (trl.processes ?? 1)) * hardware.nodes
  const sharding = trl.sharding ?? (world > 1 ? 'ddp' : 'none')
  const trained = trl.method === 'lora' ? adapterNumbers(shape, trl.lora.rank) : parameters
  const layer = (2 * number * parameters) / layers
  const states = {
    none: 4 * parameters + 12 * trained,
    // Gradients once more, in the buckets that are sent around.
    ddp: 4 * parameters + 16 * trained,
    fsdp2: (4 * parameters + 12 * trained) / world + 2 * layer,
    zero2: number * parameters + (4 * parameters + 12 * trained) / world,
    zero3: (number * parameters + 4 * parameters + 12 * trained) / world + 2 * layer,
  }[sharding]
  // Of each token a layer keeps some ten vectors; with checkpointing just what it was given, and one layer is redone.
  const ofLayer = (10 * hiddenSize + 7 * intermediateSize) * number
  const kept = trl.gradientCheckpointing ? layers * hiddenSize * number + ofLayer : layers * ofLayer
  // At most: logits are made where there is loss, in float32, with their logarithms and gradient.
  const logits = 12 * vocabularySize
  return states + tokens * (kept + logits) + (hardware.gpu === undefined ? 0 : OVERHEAD)
}

/** Of adapters beside all seven matrices of each layer. */
function adapterNumbers({ layers, hiddenSize, intermediateSize }: ModelOutline, rank: number): number {
  return layers * rank * (8 * hiddenSize + 3 * (hiddenSize + intermediateSize))
}

/** Bytes of the embedded engine, with all threads. */
export function embeddedMemory(
  shape: ModelOutline,
  { adapters, states }: Pick<ResolvedRecipe['train'], 'adapters' | 'states'>,
  longestRow: number,
  threads: number,
): number | undefined {
  if (!shape.config) return undefined
  const { parameters, config } = shape
  const trained = adapters ? adapterLayout(config, adapters).size : parameters
  const size = { config, longestRows: [longestRow] as const, parameters, trained, ...(states && { states }) }
  return estimateEmbedded(size, threads)
}

/**
 * Seconds of one training: 6 operations for each parameter and token (Kaplan et al. 2020, arXiv:2001.08361), 8 where the
 * forward pass is made twice, 2 fewer where just adapters are trained.
 */
export function trainingSeconds({ train }: ResolvedRecipe, { parameters }: ModelOutline, hardware: Hardware): number {
  const trl = train.engine === 'trl' ? train.trl : undefined
  const operations = 6 + (trl?.gradientCheckpointing ? 2 : 0) - (trl?.method === 'lora' ? 2 : 0)
  return (operations * parameters * train.steps * train.batchTokens) / speedOf(hardware, 'training')
}
