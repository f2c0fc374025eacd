/**
 * The shape of a Llama model: our own words for it, and Hugging Face's `config.json`.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'

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
  normEpsilon: number
  /** Most tokens that the model was made for. */
  contextLength: number
  /** True where the output layer shares the weights of the token embeddings. */
  tiedEmbeddings: boolean
}

const size = z
  .number()
  .int()
  .min(1)
  .max(2 ** 24)

/** The part of `config.json` that we read. What would change the mathematics and is not ours is refused, not ignored. */
const fileSchema = z.looseObject({
  model_type: z.literal('llama'),
  vocab_size: size,
  hidden_size: size,
  num_hidden_layers: size.max(1024),
  num_attention_heads: size.max(1024),
  num_key_value_heads: size.max(1024).nullish(),
  head_dim: size.nullish(),
  intermediate_size: size,
  rms_norm_eps: z.number().positive().default(1e-6),
  max_position_embeddings: size.default(2048),
  tie_word_embeddings: z.boolean().default(false),
  rope_theta: z.number().positive().nullish(),
  rope_parameters: z
    .looseObject({ rope_type: z.literal('default').optional(), rope_theta: z.number().positive() })
    .nullish(),
  rope_scaling: z.null().optional(),
  attention_bias: z.literal(false).optional(),
  mlp_bias: z.literal(false).optional(),
  hidden_act: z.literal('silu').optional(),
})

/**
 * Reads the contents of a `config.json`.
 *
 * @param json the parsed file; untrusted
 * @param file its path, for errors
 * @throws {MisstepError} `model` when it is not a plain Llama model
 * @example
 * parseConfig(JSON.parse(await readFile('student/config.json', 'utf8')), 'student/config.json').layers
 */
export function parseConfig(json: unknown, file: string): LlamaConfig {
  const parsed = fileSchema.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    const key = issue.path.join('.')
    throw new MisstepError(
      'model',
      `${file} is not a config of a plain Llama model: ${key || 'the file'}: ${issue.message}`,
      {
        value: issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)?.[part], json),
        advice: 'The embedded engine knows Llama models without biases and without scaled rotary embeddings.',
      },
    )
  }
  const data = parsed.data
  const config: LlamaConfig = {
    vocabularySize: data.vocab_size,
    hiddenSize: data.hidden_size,
    layers: data.num_hidden_layers,
    heads: data.num_attention_heads,
    keyValueHeads: data.num_key_value_heads ?? data.num_attention_heads,
    headSize: data.head_dim ?? data.hidden_size / data.num_attention_heads,
    intermediateSize: data.intermediate_size,
    ropeTheta: data.rope_theta ?? data.rope_parameters?.rope_theta ?? 10000,
    normEpsilon: data.rms_norm_eps,
    contextLength: data.max_position_embeddings,
    tiedEmbeddings: data.tie_word_embeddings,
  }
  checkConfig(config, file)
  return config
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

/** The contents of `config.json`, as transformers' LlamaForCausalLM reads them. */
export function formatConfig(config: LlamaConfig, tokens: { stopId?: number; padId?: number }): object {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: config.vocabularySize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headSize,
    intermediate_size: config.intermediateSize,
    hidden_act: 'silu',
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeTheta,
    rope_scaling: null,
    max_position_embeddings: config.contextLength,
    tie_word_embeddings: config.tiedEmbeddings,
    attention_bias: false,
    attention_dropout: 0,
    mlp_bias: false,
    initializer_range: 0.02,
    bos_token_id: null,
    eos_token_id: tokens.stopId ?? null,
    pad_token_id: tokens.padId ?? null,
    torch_dtype: 'float32',
    use_cache: true,
  }
}

/** A tensor's shape: `[out, in]` for a matrix, `[size]` for a norm. */
export type TensorShape = readonly number[]

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
