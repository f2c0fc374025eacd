/**
 * The file in which Hugging Face keeps a byte-level BPE tokenizer.
 * @module
 */

/** The contents of a `tokenizer.json`, as far as we write it. */
export interface TokenizerFile {
  version: '1.0'
  truncation: null
  padding: null
  added_tokens: { id: number; content: string; special: boolean; [flag: string]: unknown }[]
  normalizer: null
  pre_tokenizer: object
  post_processor: null
  decoder: object
  model: { type: 'BPE'; vocab: Record<string, number>; merges: [string, string][]; [option: string]: unknown }
}

export interface TokenizerParts {
  /** All tokens, in the order of their ids. */
  tokens: readonly string[]
  /** Tokens that are not cut, with their ids; `special` ones are no text. */
  added: readonly { content: string; id: number; special: boolean }[]
  merges: [string, string][]
  /** How text is cut before merging. */
  preTokenizer: object
  /** Whether a piece that is a token is taken whole, without going through its merges. @default false */
  ignoreMerges?: boolean
}

/**
 * The file for some tokens and merges.
 *
 * @example
 * tokenizerFile({ tokens: ['a', 'b', 'ab'], added: [], merges: [['a', 'b']], preTokenizer: { type: 'ByteLevel' } })
 */
export function tokenizerFile(parts: TokenizerParts): TokenizerFile {
  const { tokens, added, merges, preTokenizer, ignoreMerges = false } = parts
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map(({ content, id, special }) => ({ id, content, ...flags, special })),
    normalizer: null,
    pre_tokenizer: preTokenizer,
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: ignoreMerges,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  }
}
