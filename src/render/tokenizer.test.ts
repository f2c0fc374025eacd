import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Tokenizer as Library } from '@huggingface/tokenizers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anyText } from '../../test/kit/conversations.ts'
import { toByteCharacters, toPieces } from './byte-level.ts'
import { loadTokenizer, STUDENT_CHAT, type Tokenizer, trainTokenizer, writeTokenizer } from './index.ts'

const rooms = ['drawer', 'cabinet', 'shelf', 'countertop']
const texts = Array.from({ length: 300 }, (_, i) => {
  const name = `${rooms[i % 4]} ${i % 23}`
  return `Thought: The mug wasn't there, so I check the ${name}.\nAction: go to ${name}`
})
const options = { vocabularySize: 500, specialTokens: STUDENT_CHAT.specialTokens }
const file = trainTokenizer(texts, options)

let folder: string
let tokenizer: Tokenizer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'misstep-tokenizer-'))
  await writeTokenizer(folder, file)
  tokenizer = await loadTokenizer(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Byte-pair encoding as its definition says: the earliest merge first, wherever it applies. */
function encodeByDefinition(text: string): number[] {
  return toPieces(text).flatMap(piece => {
    let tokens = [...toByteCharacters(piece)]
    for (const [left, right] of file.model.merges) {
      const merged: string[] = []
      for (const token of tokens) {
        const previous = merged.at(-1)
        if (previous === left && token === right && merged.length > 0) merged.splice(-1, 1, left + right)
        else merged.push(token)
      }
      tokens = merged
    }
    return tokens.map(token => file.model.vocab[token]!)
  })
}

describe('a trained tokenizer', () => {
  it('is the same whenever the texts are the same', () => {
    expect(trainTokenizer(texts, options)).toEqual(file)
  })

  it('takes the most frequent pair first, and of equals the one with the smallest ids', () => {
    const { merges } = trainTokenizer(['ba ba', 'dc dc', 'zz zz zz'], { vocabularySize: 300, specialTokens: [] }).model
    expect(merges.slice(0, 3)).toEqual([
      ['z', 'z'],
      ['b', 'a'],
      ['d', 'c'],
    ])
  })

  it('stops where no pair occurs twice', () => {
    expect(trainTokenizer(['abcdef'], options).model.merges).toEqual([])
  })

  it('makes a name a word and a number, each one token', () => {
    const shown = tokenizer.encode('go to countertop 12').map(id => tokenizer.decode([id]))
    expect(shown).toEqual(['go', ' to', ' countertop', ' 12'])
  })

  it('gives the first ids to the special tokens', () => {
    expect(STUDENT_CHAT.specialTokens.map(token => tokenizer.specialId(token))).toEqual([0, 1, 2, 3, 4])
    expect(tokenizer.stopId).toBe(1)
    expect(tokenizer.vocabularySize).toBe(Object.keys(file.model.vocab).length)
  })

  it('refuses a vocabulary without room for the bytes, and a stop token that it has not', async () => {
    expect(() => trainTokenizer(texts, { ...options, vocabularySize: 260 })).toThrow(/from 261/)
    await expect(writeTokenizer(folder, file, { stopToken: '<eos>' })).rejects.toThrow(/no such special token.*<eos>/)
    expect(() => tokenizer.specialId('<eos>')).toThrow(/<eos>/)
  })

  it('splits any text into pieces that join to it', () => {
    fc.assert(
      fc.property(anyText, text => {
        expect(toPieces(text).join('')).toBe(text)
      }),
    )
  })

  it('encodes as the definition of BPE says', () => {
    const withoutSpecial = anyText.filter(text => !text.includes('<|'))
    fc.assert(
      fc.property(withoutSpecial, text => {
        expect(tokenizer.encode(text)).toEqual(encodeByDefinition(text))
      }),
    )
    for (const text of texts) expect(tokenizer.encode(text)).toEqual(encodeByDefinition(text))
  })

  it('encodes as the Hugging Face library does, special tokens included', () => {
    const library = new Library(file, {})
    const expected = (text: string) => library.encode(text, { add_special_tokens: false }).ids
    fc.assert(
      fc.property(anyText, text => {
        expect(tokenizer.encode(text)).toEqual(expected(text))
      }),
      { numRuns: 300 },
    )
  })

  it('gives any text back', () => {
    fc.assert(
      fc.property(anyText, text => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text)
      }),
    )
  })
})

describe('loading a tokenizer', () => {
  it('names the file that is missing or damaged', async () => {
    await expect(loadTokenizer(join(folder, 'nowhere'))).rejects.toThrow(/tokenizer\.json cannot be read/)
    const broken = await mkdtemp(join(folder, 'broken-'))
    await writeFile(join(broken, 'tokenizer_config.json'), '{}')
    for (const contents of ['{', '[]', '{}', '{"model": {"type": "Dream"}}']) {
      await writeFile(join(broken, 'tokenizer.json'), contents)
      await expect(loadTokenizer(broken)).rejects.toMatchObject({ code: 'model' })
    }
  })
})
