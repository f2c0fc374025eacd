/**
 * Trains a byte-level BPE tokenizer (Sennrich et al. 2016, on bytes as in GPT-2).
 * @module
 */
import { type TokenizerFile, tokenizerFile } from '../checkpoint/tokenizer-file.ts'
import { MisstepError } from '../core/errors.ts'
import { BYTE_CHARACTERS, PRE_TOKENIZER, toByteCharacters, toPieces } from './byte-level.ts'
import { createPairQueue, leftOf, type Pair, rightOf, toPair } from './pair-queue.ts'

export interface TrainTokenizerOptions {
  /** Tokens in all, special tokens and the 256 bytes included. Fewer when no pair of tokens occurs twice any more. */
  vocabularySize: number
  /** They get the first ids. */
  specialTokens: readonly string[]
}

/**
 * Learns merges from texts. The same texts give the same file: pairs with equal counts are taken in the order of their ids.
 * Ids: special tokens, the 256 bytes, then merges in the order in which they were learnt.
 *
 * @throws {MisstepError} `usage` when the vocabulary is too small for the bytes and special tokens
 * @example
 * const file = trainTokenizer(['go to drawer 1', 'open drawer 1'], { vocabularySize: 300, specialTokens: ['<|end|>'] })
 */
export function trainTokenizer(texts: Iterable<string>, options: TrainTokenizerOptions): TokenizerFile {
  const { vocabularySize, specialTokens } = options
  const tokens = [...specialTokens, ...[...BYTE_CHARACTERS].sort()]
  if (!Number.isInteger(vocabularySize) || vocabularySize < tokens.length || vocabularySize >= 2 ** 24) {
    throw new MisstepError('usage', 'The size of the vocabulary does not fit', {
      value: vocabularySize,
      advice: `Choose an integer from ${tokens.length} (256 bytes and the special tokens) on.`,
    })
  }
  const words = countWords(texts, new Map(tokens.map((token, id) => [token, id])))
  const merges = learnMerges(words, tokens, vocabularySize)
  const added = specialTokens.map((content, id) => ({ id, content, special: true }))
  return tokenizerFile({ tokens, added, merges, preTokenizer: PRE_TOKENIZER })
}

/** A piece of text that occurs in the data: its tokens so far, and how often it occurs. */
interface Word {
  tokens: number[]
  count: number
}

function countWords(texts: Iterable<string>, ids: ReadonlyMap<string, number>): Word[] {
  const counts = new Map<string, number>()
  for (const text of texts) for (const piece of toPieces(text)) counts.set(piece, (counts.get(piece) ?? 0) + 1)
  return Array.from(counts, ([piece, count]) => ({
    tokens: Array.from(toByteCharacters(piece), character => ids.get(character)!),
    count,
  }))
}

/** Appends the merged tokens to `tokens`; returns the pairs that they came from. */
function learnMerges(words: readonly Word[], tokens: string[], vocabularySize: number): [string, string][] {
  const counts = new Map<Pair, number>()
  const wordsWith = new Map<Pair, Set<Word>>()
  const queue = createPairQueue()
  const apply = (changes: ReadonlyMap<Pair, number>) => {
    for (const [pair, change] of changes) {
      const count = (counts.get(pair) ?? 0) + change
      counts.set(pair, count)
      if (change > 0) queue.push(pair, count)
    }
  }
  const tally = (word: Word, sign: 1 | -1, changes: Map<Pair, number>) => {
    for (let i = 1; i < word.tokens.length; i++) {
      const pair = toPair(word.tokens[i - 1]!, word.tokens[i]!)
      changes.set(pair, (changes.get(pair) ?? 0) + sign * word.count)
      if (sign < 0) continue
      const known = wordsWith.get(pair)
      if (known) known.add(word)
      else wordsWith.set(pair, new Set([word]))
    }
  }

  const first = new Map<Pair, number>()
  for (const word of words) tally(word, 1, first)
  apply(first)

  const merges: [string, string][] = []
  while (tokens.length < vocabularySize) {
    const top = queue.pop()
    if (!top) break
    const count = counts.get(top.pair)!
    // Counts that fell since the pair was pushed are put right only now, when they matter.
    if (count !== top.count && count > 0) queue.push(top.pair, count)
    if (count !== top.count) continue
    if (count < 2) break
    const [left, right] = [leftOf(top.pair), rightOf(top.pair)]
    const merged = tokens.push(tokens[left]! + tokens[right]!) - 1
    merges.push([tokens[left]!, tokens[right]!])
    const changes = new Map<Pair, number>()
    for (const word of wordsWith.get(top.pair)!) {
      tally(word, -1, changes)
      word.tokens = mergePair(word.tokens, left, right, merged)
      tally(word, 1, changes)
    }
    wordsWith.delete(top.pair)
    apply(changes)
  }
  return merges
}

function mergePair(tokens: readonly number[], left: number, right: number, merged: number): number[] {
  const result: number[] = []
  for (let i = 0; i < tokens.length; i++) {
    const found = tokens[i] === left && tokens[i + 1] === right
    result.push(found ? merged : tokens[i]!)
    if (found) i++
  }
  return result
}
