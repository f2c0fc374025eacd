import { describe, expect, it } from 'vitest'
import { sentencePieceTokenizer } from '../../../test/kit/sentencepiece.ts'
import { tokenizerMetadata } from './tokenizer-metadata.ts'

type Tokenizer = ReturnType<typeof sentencePieceTokenizer>
function metadataOf(change: (tokenizer: Tokenizer) => void = () => {}) {
  const tokenizer = sentencePieceTokenizer()
  change(tokenizer)
  const { size, 'tokenizer.json': file, 'tokenizer_config.json': config } = tokenizer
  return tokenizerMetadata({ file, config }, size + 1, 'x')
}

describe("a tokenizer of SentencePiece's BPE, in GGUF", () => {
  it('has scores that fall in the order of the merges, and kinds for bytes and the unknown token', () => {
    const metadata = metadataOf()
    const [tokens, scores, kinds] = ['tokens', 'scores', 'token_type'].map(
      key => metadata[`tokenizer.ggml.${key}`],
    ) as [string[], Float32Array, Int32Array]
    const scoreOf = (token: string) => scores[tokens.indexOf(token)]!
    expect(metadata['tokenizer.ggml.model']).toBe('llama')
    expect(metadata['tokenizer.ggml.add_space_prefix']).toBe(true)
    expect(metadata['tokenizer.ggml.merges']).toBeUndefined()
    expect(['\u2581t', 'he', '\u2581the', 'in'].map(scoreOf)).toEqual([-0, -1, -2, -3])
    expect(scoreOf('room')).toBeLessThan(scoreOf('oom'))
    const kindOf = (token: string) => kinds[tokens.indexOf(token)]!
    expect(['<unk>', '<s>', '<0x00>', '<0xFF>', 'room', 'a'].map(kindOf)).toEqual([2, 3, 6, 6, 1, 1])
    expect(kinds.at(-1)).toBe(5)
  })

  it.each<[string, RegExp, (file: Tokenizer['tokenizer.json']) => void]>([
    [
      'a pair is not joined although it makes a token',
      /make a third are no merge.*"ro","om"/,
      file => {
        file.model.merges = file.model.merges.filter(pair => pair.join('|') !== 'ro|om')
      },
    ],
    [
      'the merges of one token are not together',
      /not in an order of tokens/,
      file => {
        file.model.merges.push(file.model.merges.shift()!, ['h', 'e'])
      },
    ],
    [
      'spaces are treated otherwise',
      /does not treat spaces so/,
      file => {
        file.normalizer = null
        file.pre_tokenizer = { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'first', split: false }
      },
    ],
    [
      'there is no token for a byte',
      /each byte: "<0x41>"/,
      file => {
        delete file.model.vocab['<0x41>']
      },
    ],
    [
      'it has no tokens for bytes at all',
      /another kind/,
      file => {
        file.model.byte_fallback = false
      },
    ],
  ])('is refused where llama.cpp would cut text otherwise: %s', (_, message, change) => {
    expect(() => metadataOf(({ 'tokenizer.json': file }) => change(file))).toThrow(message)
  })

  it('puts no space before a text where it says so', () => {
    const metadata = metadataOf(({ 'tokenizer.json': file }) => {
      file.normalizer = null
      file.pre_tokenizer = { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'never', split: false }
    })
    expect(metadata['tokenizer.ggml.add_space_prefix']).toBe(false)
  })
})
