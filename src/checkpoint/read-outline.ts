/**
 * How large a model of any architecture is, by its config alone: others train and serve what the embedded engine cannot.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { parseJson } from '../core/parse-json.ts'
import { countParameters, type LlamaConfig } from './config.ts'
import { parseConfig } from './config-file.ts'
import { cannotRead } from './random-access-file.ts'

export interface ModelOutline
  extends Pick<LlamaConfig, 'hiddenSize' | 'intermediateSize' | 'layers' | 'vocabularySize' | 'contextLength'> {
  /** How many numbers it holds; of another architecture than Llama's about so many. */
  parameters: number
  /** Where it is a model that the embedded engine knows. */
  config?: LlamaConfig
}

const size = z.int().positive()
/** What transformers calls it in nearly all architectures of language models. */
const outlineSchema = z.looseObject({
  max_position_embeddings: size,
  hidden_size: size,
  intermediate_size: size,
  num_hidden_layers: size,
  vocab_size: size,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  tie_word_embeddings: z.boolean().default(false),
})

/**
 * Reads the outline of a checkpoint folder.
 *
 * @throws {MisstepError} `model` when there is no `config.json`, or it does not say
 * @example
 * readOutline('models/Qwen2.5-1.5B-Instruct').contextLength // 32768
 */
export function readOutline(folder: string): ModelOutline {
  const file = join(folder, 'config.json')
  const json = parseJson(readText(file))
  const config = llamaConfigIn(json, file)
  if (config) {
    const { hiddenSize, intermediateSize, layers, vocabularySize, contextLength } = config
    const parameters = countParameters(config)
    return { hiddenSize, intermediateSize, layers, vocabularySize, contextLength, parameters, config }
  }
  // Models that also see keep what they have of a language model in a part of its own.
  const { data, error } = outlineSchema.safeParse((json as { text_config?: unknown } | undefined)?.text_config ?? json)
  if (!data) {
    const advice = `${z.prettifyError(error)}\nIt is to be the config.json of a language model, as transformers writes it.`
    throw new MisstepError('model', 'The config does not say how large the model is', { value: file, advice })
  }
  const { hidden_size: hiddenSize, intermediate_size: intermediateSize, num_hidden_layers: layers } = data
  const headSize = data.head_dim ?? hiddenSize / data.num_attention_heads
  const heads = 2 * (data.num_attention_heads + (data.num_key_value_heads ?? data.num_attention_heads))
  const parameters =
    data.vocab_size * hiddenSize * (data.tie_word_embeddings ? 1 : 2) +
    layers * hiddenSize * (heads * headSize + 3 * intermediateSize)
  const { vocab_size: vocabularySize, max_position_embeddings: contextLength } = data
  return { hiddenSize, intermediateSize, layers, vocabularySize, contextLength, parameters }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw cannotRead(file, cause as Error)
  }
}

function llamaConfigIn(json: unknown, file: string): LlamaConfig | undefined {
  try {
    return parseConfig(json, file)
  } catch (error) {
    if (error instanceof MisstepError) return undefined
    throw error
  }
}
