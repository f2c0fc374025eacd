/**
 * Hugging Face's `config.json` of a Llama model.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { checkConfig, type LlamaConfig, type RopeScaling } from './config.ts'

const size = z
  .number()
  .int()
  .min(1)
  .max(2 ** 24)

const positive = z.number().positive()
const rope = z.discriminatedUnion('rope_type', [
  // A factor without a type is an oversight that would go unnoticed.
  z.object({ rope_type: z.literal('default'), factor: z.undefined().optional() }),
  z.object({ rope_type: z.literal('linear'), factor: positive }),
  z.object({ rope_type: z.literal('dynamic'), factor: positive }),
  z.object({
    rope_type: z.literal('llama3'),
    factor: positive,
    low_freq_factor: positive,
    high_freq_factor: positive,
    original_max_position_embeddings: size,
  }),
])
/** Older files say `type`; newer ones keep theta here too. */
const ropeSchema = z.preprocess(
  value =>
    typeof value === 'object' && value !== null
      ? { ...value, rope_type: (value as Rope).rope_type ?? (value as Rope).type ?? 'default' }
      : value,
  z.intersection(z.object({ rope_theta: positive.optional() }), rope),
)
interface Rope {
  rope_type?: unknown
  type?: unknown
}

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
  rope_parameters: ropeSchema.nullish(),
  rope_scaling: ropeSchema.nullish(),
  rope_interleaved: z.literal(false).nullish(),
  partial_rotary_factor: z.literal(1).nullish(),
  quantization_config: z.null().optional(),
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
        advice:
          'Supported are models of type "llama" (LlamaForCausalLM) without biases, not quantised, with rotary embeddings that are plain or scaled as "linear", "dynamic" or "llama3".',
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
    ...readScaling(data.rope_parameters ?? data.rope_scaling),
    normEpsilon: data.rms_norm_eps,
    contextLength: data.max_position_embeddings,
    tiedEmbeddings: data.tie_word_embeddings,
  }
  checkConfig(config, file)
  return config
}

function readScaling(rope: z.infer<typeof ropeSchema> | null | undefined): Pick<LlamaConfig, 'ropeScaling'> {
  if (!rope || rope.rope_type === 'default') return {}
  if (rope.rope_type !== 'llama3') return { ropeScaling: { type: rope.rope_type, factor: rope.factor } }
  return {
    ropeScaling: {
      type: 'llama3',
      factor: rope.factor,
      lowFrequencyFactor: rope.low_freq_factor,
      highFrequencyFactor: rope.high_freq_factor,
      originalContextLength: rope.original_max_position_embeddings,
    },
  }
}

function formatScaling(scaling: RopeScaling | undefined): object | null {
  if (scaling?.type !== 'llama3') return scaling ? { rope_type: scaling.type, factor: scaling.factor } : null
  return {
    rope_type: 'llama3',
    factor: scaling.factor,
    low_freq_factor: scaling.lowFrequencyFactor,
    high_freq_factor: scaling.highFrequencyFactor,
    original_max_position_embeddings: scaling.originalContextLength,
  }
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
    rope_scaling: formatScaling(config.ropeScaling),
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
