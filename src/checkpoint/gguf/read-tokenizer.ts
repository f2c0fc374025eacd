/**
 * The tokenizer in a GGUF file's metadata, as Hugging Face's tokenizer files.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { tokenizerFile } from '../tokenizer-file.ts'
import type { Metadata, MetadataValue } from './parse-header.ts'
import { PRE_TOKENIZERS } from './pre-tokenizers.ts'

/** llama.cpp's kinds of tokens that are not plain text: control tokens, and texts that are never cut. */
const [CONTROL, USER_DEFINED] = [3, 4]

/**
 * The contents of `tokenizer.json` and `tokenizer_config.json`, by file name.
 *
 * @param path of the GGUF file, for errors
 * @throws {MisstepError} `model` when the tokenizer is of a kind that is not supported, or does not hold together
 */
export function readGgufTokenizer(metadata: Metadata, path: string): Record<string, object> {
  const refuse = (what: string, value?: MetadataValue) =>
    new MisstepError('model', `The tokenizer in ${path} cannot be used: ${what}`, {
      value,
      advice: `Supported are byte-level BPE tokenizers ("gpt2") that cut text like ${Object.keys(PRE_TOKENIZERS).join(', ')}.`,
    })
  const get = (key: string) => metadata.get(`tokenizer.ggml.${key}`)
  const list = <T>(key: string, isItem: (value: unknown) => value is T): T[] => {
    const value = get(key)
    if (Array.isArray(value) && value.every(isItem)) return value as T[]
    throw refuse(`its ${key} are missing or of the wrong kind`)
  }
  if (get('model') !== 'gpt2') throw refuse('its kind is not "gpt2"', get('model'))
  const pre = get('pre') ?? 'gpt-2'
  if (typeof pre !== 'string' || !Object.hasOwn(PRE_TOKENIZERS, pre)) {
    throw refuse('it cuts text in a way that is not supported', pre)
  }
  const tokens = list('tokens', isText)
  const kinds = list('token_type', isNumber)
  const merges = list('merges', isText).map(merge => merge.split(' ') as [string, string])
  const vocabulary = new Map(tokens.map((token, id) => [token, id]))
  if (vocabulary.size < tokens.length) throw refuse('two tokens have the same text')
  if (kinds.length !== tokens.length) throw refuse('not every token has a type')
  for (const parts of merges) {
    if (parts.length !== 2 || ![...parts, parts.join('')].every(part => vocabulary.has(part))) {
      throw refuse('a merge is not of two tokens to a third', parts.join(' '))
    }
  }

  const added = tokens.flatMap((content, id) => {
    const special = kinds[id] === CONTROL
    if (!special && kinds[id] !== USER_DEFINED) return []
    return { id, content, special }
  })
  const named = (name: string, key: string): Record<string, string> => {
    const id = get(key)
    if (id === undefined) return {}
    const token = typeof id === 'number' ? tokens[id] : undefined
    if (token === undefined) throw refuse(`${key} is the number of no token`, id)
    return { [name]: token }
  }
  const roles = {
    ...named('bos_token', 'bos_token_id'),
    ...named('eos_token', 'eos_token_id'),
    ...named('unk_token', 'unknown_token_id'),
    ...named('pad_token', 'padding_token_id'),
  }
  const others = added.flatMap(({ content, special }) =>
    special && !Object.values(roles).includes(content) ? [content] : [],
  )
  const template = metadata.get('tokenizer.chat_template')
  const contextLength = metadata.get('llama.context_length')
  return {
    'tokenizer.json': tokenizerFile({
      tokens,
      added,
      merges,
      preTokenizer: PRE_TOKENIZERS[pre]!,
      // Llama 3 takes a word that is a token whole.
      ignoreMerges: pre === 'llama-bpe',
    }),
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      ...roles,
      ...(others.length > 0 && { additional_special_tokens: others }),
      ...(typeof contextLength === 'number' && { model_max_length: contextLength }),
      clean_up_tokenization_spaces: false,
      ...(typeof template === 'string' && { chat_template: template }),
    },
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
