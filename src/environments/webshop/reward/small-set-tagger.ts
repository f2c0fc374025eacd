/**
 * The nouns of the titles of WebShop's small set, which spaCy has found once and for all.
 * @module
 */
import { createHash } from 'node:crypto'
import type { NounTagger } from './noun-tagger.ts'
import { SMALL_SET_NOUNS } from './small-set-nouns.ts'

/**
 * The model that the list was made with. Version 3.7.1, which verl-agent uses, publishes the same accuracies to the last
 * digit and so is likely the same model; the weights of the two were not compared.
 */
export const SMALL_SET_MODEL = 'en_core_web_sm 3.6.0'

/**
 * A tagger that knows the small set and leaves other titles to another.
 *
 * @example
 * createSmallSetTagger(wordListTagger).nouns(title)
 */
export function createSmallSetTagger(other: NounTagger): NounTagger {
  return {
    name: `${SMALL_SET_MODEL} on the small set, ${other.name}`,
    approximate: other.approximate,
    knows: title => entryOf(title) !== undefined || other.knows?.(title) === true,
    nouns(title) {
      const spans = entryOf(title)
      return spans === undefined ? other.nouns(title) : cutOut(title, spans)
    },
  }
}

const HASH_LENGTH = 12
let entries: Map<string, string> | undefined

function entryOf(title: string): string | undefined {
  entries ??= new Map(SMALL_SET_NOUNS.split(/\s/).map(entry => [entry.slice(0, HASH_LENGTH), entry.slice(HASH_LENGTH)]))
  return entries.get(createHash('sha256').update(title).digest('base64url').slice(0, HASH_LENGTH))
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Spans say how far it is to the next noun and how long that is, over and over; `_` adds 63 to the next digit. */
function cutOut(title: string, spans: string): string[] {
  const nouns: string[] = []
  let start = 0
  let number = 0
  let skipped = false
  for (const digit of spans) {
    number += DIGITS.indexOf(digit)
    if (digit === '_') continue
    if (skipped) nouns.push(title.slice(start, start + number).toLowerCase())
    start += number
    skipped = !skipped
    number = 0
  }
  return nouns
}
