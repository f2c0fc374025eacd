/**
 * Pads made-up products with text, to the length and the variety of the original's pages: for measurements at scale.
 * @module
 */
import type { Random } from '../../../core/random.ts'
import type { RawItem } from './raw-product.ts'

// Medians of the original's small set: 18 words of title, five features of about 20 words, some 60 of description.
const TITLE_WORDS = 12
const FEATURES = 5
const FEATURE_WORDS = 16
const DESCRIPTION_WORDS = 50

/** Different invented words; how often each is used falls with its rank, as in any language. */
const WORDS = 300_000

/** The item with more to read; what it said before stays in its place. */
export function lengthen(item: RawItem, random: Random): RawItem {
  const text = (words: number) => Array.from({ length: 1 + random.integer(2 * words) }, () => word(random)).join(' ')
  return {
    ...item,
    name: `${item.name}, ${text(TITLE_WORDS)}`,
    full_description: `${item.full_description} ${text(DESCRIPTION_WORDS)}`,
    small_description: Array.from({ length: Math.max(FEATURES, item.small_description.length) }, (_, at) =>
      `${item.small_description[at] ?? ''} ${text(FEATURE_WORDS)}`.trim(),
    ),
  }
}

/** An invented word; the rank is drawn so that its logarithm is even (Zipf's law with exponent 1). */
function word(random: Random): string {
  let rank = Math.floor(WORDS ** random.next())
  let letters = ''
  do {
    letters += CONSONANTS[rank % CONSONANTS.length]! + VOWELS[Math.floor(rank / CONSONANTS.length) % VOWELS.length]!
    rank = Math.floor(rank / (CONSONANTS.length * VOWELS.length))
  } while (rank > 0)
  return letters.length < 4 ? `${letters}n` : letters
}

const CONSONANTS = 'bdfgklmnprstvz'
const VOWELS = 'aeiou'
