import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noWebshopData, readWebshopLines } from '../../../../test/kit/webshop.ts'
import { isExact } from './noun-tagger.ts'
import { NOUN_MODEL_FILE, openNouns } from './open-nouns.ts'
import { createSmallSetTagger } from './small-set-tagger.ts'
import { addNounModel, NOUN_MODELS } from './spacy/add-noun-model.ts'
import { wordListTagger } from './word-list-tagger.ts'

const tiny = new URL('spacy/tiny-model.whl', import.meta.url).pathname

describe('the word list', () => {
  it('takes words for nouns, but for common others, numbers and signs', () => {
    expect(wordListTagger.nouns("Women's Boots, made for very wide feet (2-Pack) 12oz 100% – A4")).toEqual([
      'women',
      'boots',
      'feet',
      'pack',
      'oz',
      'a4',
    ])
  })

  it('gives some words of the title, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), title => {
        for (const noun of wordListTagger.nouns(title)) expect(title.toLowerCase()).toContain(noun)
      }),
    )
  })
})

describe('openNouns', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'misstep-nouns-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('knows the small set without any download, and guesses other titles', () => {
    const tagger = openNouns(folder)
    expect(tagger).toMatchObject({ approximate: true, name: 'en_core_web_sm 3.6.0 on the small set, word-list' })
    expect(isExact(tagger, 'Some other boots')).toBe(false)
    expect(tagger.nouns('Some other boots')).toEqual(['other', 'boots'])
  })

  it('uses the model that was added', async () => {
    expect(await addNounModel({ from: tiny, folder })).toBe('en_tiny 1.0.0')
    const tagger = openNouns(folder)
    expect(tagger).toMatchObject({ approximate: false, name: 'en_tiny 1.0.0' })
    expect(tagger.nouns('colour grey-ish')).toEqual(['grey', '-'])
  })

  it('says when the model is damaged, and keeps the one that is there when a new one is', async () => {
    await addNounModel({ from: tiny, folder })
    const path = join(folder, NOUN_MODEL_FILE)
    const bytes = readFileSync(path)
    writeFileSync(join(folder, 'half.whl'), readFileSync(tiny).subarray(0, 9000))
    await expect(addNounModel({ from: join(folder, 'half.whl'), folder })).rejects.toThrow(/no wheel of a spaCy model/)
    expect(readFileSync(path)).toEqual(bytes)
    for (const damaged of [bytes.subarray(0, 3), bytes.subarray(0, -4), bytes.subarray(0, -1), bytes.subarray(1)]) {
      writeFileSync(path, damaged)
      expect(() => openNouns(folder)).toThrow(/no whole noun model/)
    }
  })

  it('does not take a download for a model whose sha256 is another', async () => {
    await expect(addNounModel({ version: '3.8.0', folder, url: 'data:application/zip;base64,UEs=' })).rejects.toThrow(
      /sha256 is another/,
    )
    expect(Object.values(NOUN_MODELS).every(sha256 => /^[0-9a-f]{64}$/.test(sha256))).toBe(true)
  })
})

describe.skipIf(noWebshopData)('the small set (needs shared data)', () => {
  const tagger = createSmallSetTagger(wordListTagger)

  it('is known title by title', () => {
    const titles = readWebshopLines<{ product: { Title: string } }>('documents_1k.jsonl.gz').map(
      ({ product }) => product.Title,
    )
    expect(titles.filter(title => !isExact(tagger, title))).toEqual([])
    const isIn = (title: string) => tagger.nouns(title).every(noun => title.toLowerCase().includes(noun))
    expect(titles.filter(title => !isIn(title))).toEqual([])
  })
})
