/**
 * A GGUF file of Llama architecture as a checkpoint.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { checkShapes, checkValues } from '../check-tensors.ts'
import { checkConfig, type LlamaConfig, type RopeScaling } from '../config.ts'
import type { OpenCheckpoint } from '../open-checkpoint.ts'
import { fromGgufName, reorderHeads } from './llama-names.ts'
import { type GgufFile, openGguf } from './open-gguf.ts'
import type { Metadata } from './parse-header.ts'

/** A checkpoint whose tokenizer is in the metadata. */
export interface GgufCheckpoint extends Pick<OpenCheckpoint, 'config' | 'read' | 'close'> {
  readonly path: string
  readonly metadata: Metadata
}

/**
 * Opens a GGUF file that holds a Llama model. Tensors have Hugging Face's names and order of rows, as float32.
 *
 * @throws {MisstepError} `model` when the file is damaged, holds another architecture, or not the tensors of its model
 * @example
 * const { config } = await openGgufCheckpoint('SmolLM2-135M-Instruct.Q4_1.gguf')
 */
export async function openGgufCheckpoint(path: string): Promise<GgufCheckpoint> {
  const file = await openGguf(path)
  try {
    const config = readConfig(file)
    const names = new Map([...file.shapes.keys()].map(name => [fromGgufName(name) ?? name, name]))
    checkShapes(config, new Map([...names].map(([name, own]) => [name, file.shapes.get(own)!])), path)
    return {
      path,
      config,
      metadata: file.metadata,
      async read(name) {
        const { shape, data } = await file.read(names.get(name)!)
        checkValues(name, { shape, data }, path)
        const heads = /q_proj/.test(name) ? config.heads : /k_proj/.test(name) ? config.keyValueHeads : 0
        return { shape, data: heads > 0 ? reorderHeads(data, heads, config.headSize, 'hugging-face') : data }
      },
      close: file.close,
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

function readConfig({ path, metadata, shapes }: GgufFile): LlamaConfig {
  const refuse = (what: string, value: unknown) =>
    new MisstepError('model', `${path} cannot be used: ${what}`, {
      value,
      advice: 'Supported are Llama models in one file, with rotary embeddings that are plain or scaled as "linear".',
    })
  const architecture = metadata.get('general.architecture')
  if (architecture !== 'llama') throw refuse('general.architecture is not "llama"', architecture)
  const number = (key: string, fallback?: number) => {
    const value = metadata.get(key) ?? fallback
    if (typeof value === 'number' && value > 0 && value <= 2 ** 24) return value
    throw refuse(`${key} is missing or out of range`, value)
  }
  const size = (key: string, fallback?: number) => {
    const value = number(key, fallback)
    if (Number.isInteger(value)) return value
    throw refuse(`${key} is no whole number`, value)
  }
  if (size('split.count', 1) > 1) throw refuse('the model is split into several files', metadata.get('split.count'))
  if ((metadata.get('llama.expert_count') ?? 0) !== 0) {
    throw refuse('it is a mixture of experts', metadata.get('llama.expert_count'))
  }
  if (shapes.has('rope_freqs.weight'))
    throw refuse('its rotary embeddings are scaled as in Llama 3.1', 'rope_freqs.weight')
  const heads = size('llama.attention.head_count')
  const hiddenSize = size('llama.embedding_length')
  const headSize = number('llama.attention.key_length', hiddenSize / heads)
  if ((metadata.get('llama.rope.dimension_count') ?? headSize) !== headSize) {
    throw refuse('only a part of each head is turned', metadata.get('llama.rope.dimension_count'))
  }
  const config: LlamaConfig = {
    vocabularySize: shapes.get('token_embd.weight')?.[0] ?? size('llama.vocab_size'),
    hiddenSize,
    layers: size('llama.block_count'),
    heads,
    keyValueHeads: size('llama.attention.head_count_kv', heads),
    headSize,
    intermediateSize: size('llama.feed_forward_length'),
    ropeTheta: number('llama.rope.freq_base', 10000),
    ...readScaling(metadata, refuse, number),
    normEpsilon: number('llama.attention.layer_norm_rms_epsilon'),
    contextLength: size('llama.context_length'),
    tiedEmbeddings: !shapes.has('output.weight'),
  }
  // As float32 it is the nearest to a decimal number, which is what was meant.
  config.normEpsilon = Number(config.normEpsilon.toPrecision(7))
  if (config.layers > 1024) throw refuse('llama.block_count is out of range', config.layers)
  checkConfig(config, path)
  return config
}

function readScaling(
  metadata: Metadata,
  refuse: (what: string, value: unknown) => MisstepError,
  number: (key: string) => number,
): { ropeScaling?: RopeScaling } {
  const type = metadata.get('llama.rope.scaling.type') ?? 'none'
  if (type === 'none') return {}
  if (type !== 'linear') throw refuse('its rotary embeddings are scaled in a way that is not supported', type)
  return { ropeScaling: { type, factor: number('llama.rope.scaling.factor') } }
}
