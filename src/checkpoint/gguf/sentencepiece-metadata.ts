/**
 * A tokenizer that was made from SentencePiece's BPE, as those of Llama 2 and TinyLlama are, in llama.cpp's words.
 *
 * Hugging Face's file says which pairs are joined, in order. llama.cpp joins any two neighbours that make a token together,
 * the token with the highest score first, the leftmost of equals. Both are the same where the file has every pair of tokens
 * that makes a token, and has those of one token one after the other; this is how transformers makes the file.
 * @module
 */
import type { TypedMetadata } from './encode-header.ts'

/** What stands for a space in tokens. */
const SPACE = '\u2581'
/** llama.cpp's kinds of tokens that only SentencePiece has. */
const [UNKNOWN, BYTE] = [2, 6]

export interface SentencePieceParts {
  vocabulary: Readonly<Record<string, number>>
  merges: readonly (readonly [string, string])[]
  normalizer: unknown
  preTokenizer: unknown
  /** The token for what there is no token for. */
  unknown: string | undefined
}

/**
 * The metadata that other tokenizers do not have.
 *
 * @param kinds of all tokens by id; those of bytes and of the unknown token are put right
 * @param refuse makes the error that is thrown
 */
export function sentencePieceMetadata(
  { vocabulary, merges, normalizer, preTokenizer, unknown }: SentencePieceParts,
  kinds: Int32Array,
  refuse: (what: string, value: unknown) => Error,
): TypedMetadata {
  const prefix = spacePrefix(normalizer, preTokenizer)
  if (prefix === undefined) throw refuse('llama.cpp does not treat spaces so', { normalizer, preTokenizer })
  for (let byte = 0; byte < 256; byte++) {
    const token = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`
    const id = Object.hasOwn(vocabulary, token) ? vocabulary[token] : undefined
    if (id === undefined) throw refuse('it has no token for each byte', token)
    kinds[id] = BYTE
  }
  if (unknown !== undefined && Object.hasOwn(vocabulary, unknown)) kinds[vocabulary[unknown]!] = UNKNOWN
  const ranks = rankTokens(merges, refuse)
  checkPairs(vocabulary, merges, kinds, refuse)
  const scores = new Float32Array(kinds.length)
  for (const [token, id] of Object.entries(vocabulary)) scores[id] = -(ranks.get(token) ?? ranks.size)
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.pre': 'default',
    'tokenizer.ggml.scores': scores,
    'tokenizer.ggml.add_space_prefix': prefix,
  }
}

/**
 * Each token that is joined, and how many are joined before it. The runs of spaces in Llama 2's have one score, so their merges
 * are in an order of pairs: they are tried out.
 */
function rankTokens(merges: SentencePieceParts['merges'], refuse: (what: string, value: unknown) => Error) {
  const ranks = new Map<string, number>()
  let last: string | undefined
  let longest = 0
  for (const pair of merges) {
    const token = pair.join('')
    if (token !== last && ranks.has(token)) {
      if (token.replaceAll(SPACE, '') !== '') throw refuse('its merges are not in an order of tokens', pair)
      longest = Math.max(longest, token.length)
    }
    if (!ranks.has(token)) ranks.set(token, ranks.size)
    last = token
  }
  const pairs = new Map(merges.map((pair, rank) => [pair.join('\0'), rank]))
  for (let length = 2; length <= 4 * longest; length++) {
    const text = SPACE.repeat(length)
    const theirs = joined(text, (left, right) => pairs.get(`${left}\0${right}`))
    const ours = joined(text, (left, right) => ranks.get(left + right))
    if (ours.join(' ') !== theirs.join(' ')) throw refuse('llama.cpp would join spaces otherwise', text)
  }
  return ranks
}

/** The pieces of a text once the neighbours of the lowest rank, the leftmost of equals, are joined until none is left. */
function joined(text: string, rankOf: (left: string, right: string) => number | undefined): string[] {
  const pieces = [...text]
  for (;;) {
    const ranks = pieces.slice(1).map((right, i) => rankOf(pieces[i]!, right) ?? Infinity)
    const lowest = Math.min(...ranks)
    if (lowest === Infinity) return pieces
    const at = ranks.indexOf(lowest)
    pieces.splice(at, 2, pieces[at]! + pieces[at + 1]!)
  }
}

function checkPairs(
  vocabulary: SentencePieceParts['vocabulary'],
  merges: SentencePieceParts['merges'],
  kinds: Int32Array,
  refuse: (what: string, value: unknown) => Error,
) {
  const known = new Set(merges.map(pair => pair.join('\0')))
  const isPiece = (token: string) => Object.hasOwn(vocabulary, token) && kinds[vocabulary[token]!] === 1
  for (const token of Object.keys(vocabulary).filter(isPiece)) {
    const letters = [...token]
    for (let at = 1; at < letters.length; at++) {
      const pair = [letters.slice(0, at).join(''), letters.slice(at).join('')]
      if (pair.every(isPiece) && !known.has(pair.join('\0')))
        throw refuse('two tokens that make a third are no merge', pair)
    }
  }
}

/** Whether a space is put before each piece of text; `undefined` where spaces are treated in a way that llama.cpp has not. */
function spacePrefix(normalizer: unknown, preTokenizer: unknown): boolean | undefined {
  const steps = ((normalizer as { normalizers?: unknown } | null)?.normalizers ?? [normalizer]) as unknown[]
  const words = JSON.stringify(steps)
  const replace = { type: 'Replace', pattern: { String: ' ' }, content: SPACE }
  if (preTokenizer !== null) {
    const { type, prepend_scheme: scheme, split } = Object(preTokenizer) as Record<string, unknown>
    const isPlain = type === 'Metaspace' && scheme === 'never' && split === false
    return isPlain && normalizer === null ? false : undefined
  }
  if (words === JSON.stringify([{ type: 'Prepend', prepend: SPACE }, replace])) return true
  return words === JSON.stringify([replace]) ? false : undefined
}
