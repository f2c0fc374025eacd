/**
 * Writes a checkpoint folder as a GGUF file, version 3, for llama.cpp and what is built on it.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { MisstepError } from '../../core/errors.ts'
import { type LlamaConfig, tensorShapes } from '../config.ts'
import { toHalves } from '../half-floats.ts'
import { openCheckpoint } from '../open-checkpoint.ts'
import { rotaryFrequencies } from '../rotary-frequencies.ts'
import { writeModelFile } from '../write-model-file.ts'
import { encodeGgufHeader, float, integer, type TypedMetadata } from './encode-header.ts'
import { reorderHeads, toGgufName } from './llama-names.ts'
import { tokenizerMetadata } from './tokenizer-metadata.ts'

/** Types of the matrices; norms are always float32. */
export type GgufType = 'f32' | 'f16'
const ALIGNMENT = 32
/** llama.cpp's numbers of what most tensors of a file are. */
const FILE_TYPES = { f32: 0, f16: 1 } as const

/**
 * Writes a Hugging Face folder of Llama architecture as one file, which gets its name when it is complete.
 *
 * @param to the file; one that was there before is replaced
 * @param type of the matrices; default `f32`
 * @throws {MisstepError} `model` when the folder cannot be read or GGUF has no words for its model; `store` when writing fails
 * @example
 * await writeGguf('runs/mine/checkpoints/step', 'student.gguf')
 */
export async function writeGguf(folder: string, to: string, type: GgufType = 'f32'): Promise<void> {
  const checkpoint = await openCheckpoint(folder)
  try {
    const { config } = checkpoint
    const metadata = {
      ...modelMetadata(config, basename(resolve(folder)), type),
      ...tokenizerMetadata(await readTokenizer(folder), config.vocabularySize, folder),
    }
    const factors = rotaryFactors(config)
    const tensors = [...tensorShapes(config)].map(([name, shape]) => {
      const half = type === 'f16' && shape.length > 1
      const bytes = shape.reduce((product, size) => product * size, half ? 2 : 4)
      return { name, own: toGgufName(name), shape, type: half ? 1 : 0, bytes }
    })
    const extra = factors && { own: 'rope_freqs.weight', shape: [factors.length], type: 0, bytes: factors.byteLength }
    const pieces = async function* () {
      yield encodeGgufHeader(metadata, extra ? [...tensors, extra] : tensors, ALIGNMENT)
      for (const { name, type: number, bytes } of tensors) {
        const { data } = await checkpoint.read(name)
        const heads = /q_proj/.test(name) ? config.heads : /k_proj/.test(name) ? config.keyValueHeads : 0
        const ordered = heads > 0 ? reorderHeads(data, heads, config.headSize, 'gguf') : data
        const { buffer, byteOffset } = number === 1 ? toHalves(ordered) : ordered
        yield* aligned(new Uint8Array(buffer, byteOffset, bytes))
      }
      if (factors) yield* aligned(new Uint8Array(factors.buffer))
    }
    await writeModelFile(to, pieces())
  } finally {
    await checkpoint.close()
  }
}

/** A tensor's bytes, and what is between them and the next. */
const aligned = (data: Uint8Array) => [data, new Uint8Array(-data.length & (ALIGNMENT - 1))]

function modelMetadata(config: LlamaConfig, name: string, type: GgufType): TypedMetadata {
  const { ropeScaling } = config
  return {
    'general.architecture': 'llama',
    'general.name': name,
    'general.file_type': integer(FILE_TYPES[type]),
    'llama.vocab_size': integer(config.vocabularySize),
    'llama.context_length': integer(config.contextLength),
    'llama.embedding_length': integer(config.hiddenSize),
    'llama.block_count': integer(config.layers),
    'llama.feed_forward_length': integer(config.intermediateSize),
    'llama.attention.head_count': integer(config.heads),
    'llama.attention.head_count_kv': integer(config.keyValueHeads),
    'llama.attention.key_length': integer(config.headSize),
    'llama.attention.value_length': integer(config.headSize),
    'llama.attention.layer_norm_rms_epsilon': float(config.normEpsilon),
    'llama.rope.dimension_count': integer(config.headSize),
    'llama.rope.freq_base': float(config.ropeTheta),
    ...(ropeScaling?.type === 'linear' && {
      'llama.rope.scaling.type': 'linear',
      'llama.rope.scaling.factor': float(ropeScaling.factor),
    }),
  }
}

/**
 * What llama.cpp divides each pair's turn by, where it is stretched as in Llama 3.1: it has no words for that way in the
 * metadata (its converter writes the same tensor, since pull request 8676).
 */
function rotaryFactors(config: LlamaConfig): Float32Array | undefined {
  if (config.ropeScaling?.type !== 'llama3') return undefined
  const { headSize, ropeTheta } = config
  const plain = rotaryFrequencies({ headSize, ropeTheta })
  return Float32Array.from(rotaryFrequencies(config), (scaled, pair) => plain[pair]! / scaled)
}

async function readTokenizer(folder: string) {
  const read = async (name: string): Promise<Record<string, unknown>> => {
    try {
      return JSON.parse(await readFile(join(folder, name), 'utf8'))
    } catch (cause) {
      throw new MisstepError('model', `The tokenizer's file ${join(folder, name)} cannot be read`, {
        cause,
        value: (cause as Error).message,
      })
    }
  }
  const template = await readFile(join(folder, 'chat_template.jinja'), 'utf8').catch(() => undefined)
  const config = await read('tokenizer_config.json')
  return {
    file: await read('tokenizer.json'),
    config: template === undefined ? config : { ...config, chat_template: template },
  }
}
