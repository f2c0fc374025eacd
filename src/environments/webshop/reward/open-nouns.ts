/**
 * Opens the best tagger that is there.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../cache-folder.ts'
import type { NounTagger } from './noun-tagger.ts'
import { createSmallSetTagger, SMALL_SET_MODEL } from './small-set-tagger.ts'
import { decodeNounModel } from './spacy/noun-model.ts'
import { createSpacyTagger } from './spacy/spacy-tagger.ts'
import { wordListTagger } from './word-list-tagger.ts'

/** Where `addNounModel` puts the model, in the benchmark's folder. */
export const NOUN_MODEL_FILE = 'noun-model.bin'

/**
 * The tagger of a benchmark's folder: with the model's own weights where they have been added. Without them, the titles
 * of the small set are known and those of other products are tagged with a list of words, approximately.
 *
 * @param folder default: the cache folder of `webshop`
 * @throws {MisstepError} when the file of the weights is damaged
 * @example
 * openNouns().name // en_core_web_sm 3.7.1
 */
export function openNouns(folder: string = cacheFolder('webshop')): NounTagger {
  const path = join(folder, NOUN_MODEL_FILE)
  const bytes = readIfThere(path)
  if (!bytes) return createSmallSetTagger(wordListTagger)
  const tagger = createSpacyTagger(decodeNounModel(bytes, path))
  // Looking up is faster than computing, and gives what spaCy's whole pipeline found with this model.
  return tagger.name === SMALL_SET_MODEL ? { ...createSmallSetTagger(tagger), name: tagger.name } : tagger
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
