/**
 * Cuts text into pieces that no merge of a byte-pair encoding crosses, so that each can be encoded by itself.
 * @module
 */
import { Tokenizer as Library } from '@huggingface/tokenizers'
import { toByteCharacters } from './byte-level.ts'

/** How one tokenizer's text is cut. */
export interface PieceCutter {
  /** The text as its pieces have it: normalised, spaces written as the vocabulary has them. */
  normalize(section: string, isFirst: boolean): string
  /** The pieces of a normalised text; joined, they are that text. */
  cut(normalized: string): string[]
  /** A piece as its tokens spell it. */
  toWord(piece: string): string
  /** How many UTF-8 bytes of a piece a token stands for. */
  bytesOf(token: string): number
}

type Json = Record<string, unknown>
/** The parts of the library's tokenizer that are used by themselves; it has them, but its types hide some. */
interface Stage {
  pre_tokenize(text: string | string[], options?: object): string[]
  pattern?: unknown
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
const SPACE = '▁'

/** The pieces of GPT-2: what `ByteLevel` with `use_regex` cuts text into. */
const GPT2_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

/**
 * The cutter of a tokenizer; `undefined` where none is proven right, as for models other than byte-pair encoding.
 *
 * @param file the parsed `tokenizer.json`
 */
export function createPieceCutter(library: Library, file: Json): PieceCutter | undefined {
  const model = file.model as Json
  const suffixes = model.end_of_word_suffix || model.continuing_subword_prefix || model.dropout
  if ((model.type ?? 'BPE') !== 'BPE' || suffixes) return undefined
  return byteLevelCutter(library, file) ?? spaceMarkCutter(library, file)
}

/** Byte-level BPE (GPT-2, Llama 3, Qwen, SmolLM): patterns cut the text, and nothing is merged across the cuts. */
function byteLevelCutter(library: Library, file: Json): PieceCutter | undefined {
  const config = file.pre_tokenizer
  const all = (isObject(config) && config.type === 'Sequence' ? config.pretokenizers : [config]) as unknown[]
  const last = all.at(-1)
  if (!isObject(last) || last.type !== 'ByteLevel' || last.add_prefix_space) return undefined
  const stages = all.slice(0, -1).filter(isObject)
  if (stages.length < all.length - 1 || !stages.every(isIsolatingSplit)) return undefined
  if (last.use_regex !== false) {
    stages.push({ type: 'Split', pattern: { Regex: GPT2_PATTERN }, behavior: 'Isolated', invert: false })
  }
  const cuts = stages.map(stage => createCut(file, stage.type === 'Digits' ? toSplit(stage) : stage))
  return {
    normalize: text => library.normalizer?.normalize(text) ?? text,
    cut: text =>
      cuts.reduce<string[]>((pieces, cut) => (pieces.length === 1 ? cut(text) : pieces.flatMap(cut)), [text]),
    toWord: toByteCharacters,
    bytesOf: token => token.length,
  }
}

/** What the original takes for a digit is any number; the library only takes 0 to 9. */
const toSplit = ({ individual_digits }: Json): Json => {
  const Regex = `[^\\p{N}]+|\\p{N}${individual_digits ? '' : '+'}`
  return { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false }
}

const isIsolatingSplit = ({ type, behavior, invert }: Json) =>
  type === 'Digits' || (type === 'Split' && behavior === 'Isolated' && !invert)

/** One stage, made by the library, which knows how to read the patterns. */
function createCut(file: Json, stage: Json): (text: string) => string[] {
  const model = { type: 'BPE', vocab: {}, merges: [] }
  const parts = { ...file, added_tokens: [], normalizer: null, post_processor: null, decoder: null, model }
  const made = new Library({ ...parts, pre_tokenizer: stage }, {}).pre_tokenizer as unknown as Stage
  const { pattern } = made
  return text => {
    // A match of everything is the common case, and much faster than the library's way, which also finds the gaps.
    const pieces = pattern instanceof RegExp ? (text.match(pattern) ?? []) : []
    let length = 0
    for (const piece of pieces) length += piece.length
    return length === text.length ? pieces : made.pre_tokenize(text)
  }
}

/**
 * BPE in the manner of SentencePiece (Llama 2, Mistral, Phi 3, Gemma): a mark stands for each space, and a whole section is one
 * word. No token of the vocabulary has a mark after another character (but for those found here), and what is merged is a
 * token; so nothing is merged across the place before a mark.
 */
function spaceMarkCutter(library: Library, file: Json): PieceCutter | undefined {
  const { vocab, byte_fallback: hasBytes } = file.model as { vocab: Record<string, number>; byte_fallback?: boolean }
  const stage = library.pre_tokenizer as unknown as Stage | null
  const isPlain = stage === null || ['Metaspace', 'Split'].includes((file.pre_tokenizer as Json).type as string)
  // Without all bytes, unknown characters in a row become one unknown token.
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
  if (!isPlain || !hasBytes || !bytes.every(byte => byte in vocab)) return undefined
  const byteTokens = new Set(bytes)
  const added = new Set((file.added_tokens as { content: string }[]).map(token => token.content))
  const joined = new Set<string>()
  for (const token of Object.keys(vocab)) {
    for (let at = token.indexOf(SPACE, 1); at > 0; at = token.indexOf(SPACE, at + 1)) {
      if (token[at - 1] !== SPACE && !added.has(token)) joined.add(token[at - 1]!)
    }
  }
  const normalize = (text: string, isFirst: boolean) => {
    const normalized = library.normalizer?.normalize(text) ?? text
    return stage?.pre_tokenize(normalized, { section_index: isFirst ? 0 : 1 }).join('') ?? normalized
  }
  if (normalize('a b', true).includes(' ')) return undefined
  const word = new RegExp(`${SPACE}+[^${SPACE}]*|[^${SPACE}]+`, 'gu')
  return {
    normalize,
    cut(text) {
      const pieces = text.match(word) ?? []
      if (joined.size === 0) return pieces
      const safe: string[] = []
      for (const piece of pieces) {
        if (joined.has(safe.at(-1)?.at(-1) ?? '')) safe[safe.length - 1] += piece
        else safe.push(piece)
      }
      return safe
    },
    toWord: piece => piece,
    bytesOf: token => (byteTokens.has(token) ? 1 : Buffer.byteLength(token)),
  }
}
