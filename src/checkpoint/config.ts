/**
 * The shape of a Llama model.
 * @module
 */
import { MisstepError } from '../core/errors.ts'

/** A stretched rotation, in the words of transformers' `rope_scaling`. */
export type RopeScaling =
  /** All positions are divided by the factor. */
  | { type: 'linear'; factor: number }
  /** Slower turns for contexts beyond the model's own; within it, which is as far as we read, nothing changes. */
  | { type: 'dynamic'; factor: number }
  /** Llama 3.1: slow turns are divided by the factor, fast ones kept, those between are mixed. */
  | {
      type: 'llama3'
      factor: number
      lowFrequencyFactor: number
      highFrequencyFactor: number
      originalContextLength: number
    }

export interface LlamaConfig {
  vocabularySize: number
  hiddenSize: number
  layers: number
  /** Query heads. */
  heads: number
  /** Heads that keys and values have; a divisor of `heads`. */
  keyValueHeads: number
  /** Size of one head; even, because rotary embeddings turn pairs. */
  headSize: number
  /** Width of the gated feed-forward layer. */
  intermediateSize: number
  ropeTheta: number
  /** Absent where the rotary embedding is the plain one. */
  ropeScaling?: RopeScaling
  normEpsilon: number
  /** Most tokens that the model was made for. */
  contextLength: number
  /** True where the output layer shares the weights of the token embeddings. */
  tiedEmbeddings: boolean
}

/** @throws {MisstepError} `model` when the heads do not fit together */
export function checkConfig(config: LlamaConfig, file: string): void {
  const problem =
    config.heads % config.keyValueHeads !== 0
      ? 'The number of heads is no multiple of the number of key/value heads'
      : !Number.isInteger(config.headSize) || config.headSize % 2 !== 0
        ? 'The size of a head is not an even integer'
        : undefined
  if (problem) throw new MisstepError('model', `${problem} in ${file}`, { value: config })
}

/** A tensor's shape: `[out, in]` for a matrix, `[size]` for a norm. */
export type TensorShape = readonly number[]

/** How many numbers a model of this config holds. */
export function countParameters(config: LlamaConfig): number {
  return [...tensorShapes(config).values()].reduce(
    (sum, shape) => sum + shape.reduce((product, length) => product * length, 1),
    0,
  )
}

/** The name and shape of every tensor that a model of this config has, in the order of the computation. */
export function tensorShapes(config: LlamaConfig): Map<string, TensorShape> {
  const { hiddenSize, intermediateSize, vocabularySize } = config
  const queries = config.heads * config.headSize
  const keys = config.keyValueHeads * config.headSize
  const shapes = new Map<string, TensorShape>([['model.embed_tokens.weight', [vocabularySize, hiddenSize]]])
  for (let layer = 0; layer < config.layers; layer++) {
    const add = (name: string, ...shape: number[]) => shapes.set(`model.layers.${layer}.${name}.weight`, shape)
    add('input_layernorm', hiddenSize)
    add('self_attn.q_proj', queries, hiddenSize)
    add('self_attn.k_proj', keys, hiddenSize)
    add('self_attn.v_proj', keys, hiddenSize)
    add('self_attn.o_proj', hiddenSize, queries)
    add('post_attention_layernorm', hiddenSize)
    add('mlp.gate_proj', intermediateSize, hiddenSize)
    add('mlp.up_proj', intermediateSize, hiddenSize)
    add('mlp.down_proj', hiddenSize, intermediateSize)
  }
  shapes.set('model.norm.weight', [hiddenSize])
  if (!config.tiedEmbeddings) shapes.set('lm_head.weight', [vocabularySize, hiddenSize])
  return shapes
}
