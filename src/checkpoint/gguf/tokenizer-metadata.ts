/**
 * Hugging Face's tokenizer files as GGUF metadata.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import { integer, type TypedMetadata } from './encode-header.ts'
import { preTokenizerName } from './pre-tokenizers.ts'
import { sentencePieceMetadata } from './sentencepiece-metadata.ts'

/** llama.cpp's kinds of tokens. */
const KINDS = { normal: 1, control: 3, userDefined: 4, unused: 5 }

const fileSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.number().int().min(0), content: z.string(), special: z.boolean() })),
  normalizer: z.unknown().optional(),
  pre_tokenizer: z.unknown().optional(),
  model: z.looseObject({
    type: z.literal('BPE'),
    byte_fallback: z.boolean().optional(),
    unk_token: z.string().nullish(),
    vocab: z.record(z.string(), z.number().int().min(0)),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
  decoder: z.looseObject({ type: z.string() }),
})

/**
 * The metadata for the contents of `tokenizer.json` and `tokenizer_config.json`.
 *
 * @param vocabularySize rows of the model's embeddings: llama.cpp wants a token for each
 * @throws {MisstepError} `model` when it is neither a byte-level BPE tokenizer nor one of SentencePiece's BPE, or has more
 * tokens than the model
 */
export function tokenizerMetadata(
  { file, config }: { file: unknown; config: Record<string, unknown> },
  vocabularySize: number,
  folder: string,
): TypedMetadata {
  const refuse = (what: string, value?: unknown) =>
    new MisstepError('model', `The tokenizer of ${folder} cannot be written to GGUF: ${what}`, {
      value,
      advice: "Byte-level BPE tokenizers can, and those that transformers makes from SentencePiece's BPE (Llama 2).",
    })
  const parsed = fileSchema.safeParse(file)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw refuse(`${issue.path.join('.')}: ${issue.message}`)
  }
  const { added_tokens: added, model, normalizer = null, pre_tokenizer = null, decoder } = parsed.data
  const isByteLevel = decoder.type === 'ByteLevel'
  if (!isByteLevel && !model.byte_fallback) throw refuse('it is of another kind', decoder)
  const tokens = Array.from({ length: vocabularySize }, (_, id) => `[UNUSED ${id}]`)
  const kinds = new Int32Array(vocabularySize).fill(KINDS.unused)
  const put = (token: string, id: number, kind: number) => {
    if (id >= vocabularySize) {
      throw new MisstepError('model', `The tokenizer of ${folder} has more tokens than the model`, {
        value: { token, id, model: vocabularySize },
        advice: 'Take tokenizer and weights from the same checkpoint.',
      })
    }
    tokens[id] = token
    kinds[id] = kind
  }
  for (const [token, id] of Object.entries(model.vocab)) put(token, id, KINDS.normal)
  for (const { id, content, special } of added) put(content, id, special ? KINDS.control : KINDS.userDefined)
  const idOf = (key: string, name: string) => {
    const token = (config[name] as { content?: unknown } | null)?.content ?? config[name]
    const id = tokens.indexOf(token as string)
    return id >= 0 ? { [`tokenizer.ggml.${key}`]: integer(id) } : {}
  }
  const template = config.chat_template
  const parts = {
    vocabulary: model.vocab,
    merges: model.merges.map(merge => (typeof merge === 'string' ? (merge.split(' ') as [string, string]) : merge)),
    normalizer,
    preTokenizer: pre_tokenizer,
    unknown: model.unk_token ?? undefined,
  }
  return {
    ...(isByteLevel
      ? {
          'tokenizer.ggml.model': 'gpt2',
          'tokenizer.ggml.pre': preTokenizerName(pre_tokenizer),
          'tokenizer.ggml.merges': parts.merges.map(merge => merge.join(' ')),
          'tokenizer.ggml.add_space_prefix': false,
        }
      : sentencePieceMetadata(parts, kinds, refuse)),
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': kinds,
    ...idOf('bos_token_id', 'bos_token'),
    ...idOf('eos_token_id', 'eos_token'),
    ...idOf('padding_token_id', 'pad_token'),
    ...idOf('unknown_token_id', 'unk_token'),
    // Our encoder adds none: a template says where it belongs.
    'tokenizer.ggml.add_bos_token': false,
    ...(typeof template === 'string' && { 'tokenizer.chat_template': template }),
  }
}
