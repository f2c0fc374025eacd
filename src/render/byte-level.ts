/**
 * How byte-level BPE writes bytes: each as one printable character, so that a vocabulary is plain text.
 * @module
 */

/**
 * The character that stands for each byte, as GPT-2 chose them: printable bytes stand for themselves, the others for the
 * characters from U+0100 on, in order.
 */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  let next = 256
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++))
})()

const encoder = new TextEncoder()

/** A text's UTF-8 bytes, one character each. */
export function toByteCharacters(text: string): string {
  let characters = ''
  for (const byte of encoder.encode(text)) characters += BYTE_CHARACTERS[byte]
  return characters
}

/**
 * What is never merged across: a word or a number of up to three digits with the space before it, a run of other signs,
 * white space. So a name such as `drawer 12` is two pieces, and its number is one of them. In the notation of
 * Hugging Face tokenizers, whose `\s` is Unicode's white space.
 */
const PIECE_PATTERN = "'(?:s|t|re|ve|m|ll|d)| ?\\p{L}+| ?\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

/** The same, for `tokenizer.json`. */
export const PRE_TOKENIZER = {
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: PIECE_PATTERN }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
}

const piece = new RegExp(
  PIECE_PATTERN.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}'),
  'gu',
)

/** Splits a text into the pieces that merges stay within; joined, they are the text. */
export const toPieces = (text: string): string[] => text.match(piece) ?? []
