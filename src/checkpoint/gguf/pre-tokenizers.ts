/**
 * How text is cut before byte-level BPE: llama.cpp's names for it, and the same in the notation of Hugging Face's
 * `tokenizer.json`.
 * @module
 */

const byteLevel = (cuts: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: cuts,
})

/** Llama 3's pattern: words, numbers of up to three digits, other signs, white space. */
const LLAMA_3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

/** By llama.cpp's names. */
export const PRE_TOKENIZERS: Readonly<Record<string, object>> = {
  'gpt-2': byteLevel(true),
  smollm: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel(true)] },
  'llama-bpe': {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: LLAMA_3 }, behavior: 'Isolated', invert: false },
      byteLevel(false),
    ],
  },
}

/**
 * llama.cpp's name for a way of cutting. One that it does not know gets the nearest that it knows, GPT-2's: for our own
 * tokenizers the two differ in numbers of more than three digits only.
 */
export function preTokenizerName(preTokenizer: unknown): string {
  const wanted = JSON.stringify(preTokenizer)
  return Object.keys(PRE_TOKENIZERS).find(name => JSON.stringify(PRE_TOKENIZERS[name]) === wanted) ?? 'gpt-2'
}
