/**
 * A small tokenizer as transformers makes them from SentencePiece's BPE.
 * @module
 */

/** What is joined, in order. */
const PIECES = [
  '\u2581t',
  'he',
  '\u2581the',
  'in',
  '\u2581a',
  'er',
  '\u2581in',
  'ing',
  'oo',
  'ro',
  'om',
  'oom',
  'room',
  '\u2581r',
]
/** Runs of spaces come last, by pairs, as in Llama 2's. */
const SPACES = [
  [2, 2],
  [2, 1],
  [1, 2],
  [3, 1],
  [1, 3],
  [1, 1],
] as const
const run = (length: number) => '\u2581'.repeat(length)
const LETTERS = '\u2581abcdefghijklmnoprstuvwxy.,:[]/INST'

/** The contents of `tokenizer.json` and `tokenizer_config.json`, and how many tokens there are. */
export function sentencePieceTokenizer() {
  const special = ['<unk>', '<s>', '</s>']
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
  const tokens = [...special, ...bytes, run(2), run(3), run(4), ...PIECES, ...LETTERS]
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]))
  const merges = PIECES.flatMap(piece =>
    Array.from({ length: piece.length - 1 }, (_, i): [string, string] => [piece.slice(0, i + 1), piece.slice(i + 1)]),
  ).filter(pair => pair.every(part => Object.hasOwn(vocab, part)))
  for (const [left, right] of SPACES) merges.push([run(left), run(right)])
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
  return {
    size: tokens.length,
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: special.map((content, id) => ({ id, content, ...flags })),
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Prepend', prepend: '\u2581' },
          { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
        ],
      } as unknown,
      pre_tokenizer: null as unknown,
      post_processor: null,
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          { type: 'Strip', content: ' ', start: 1, stop: 0 },
        ],
      },
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: '<unk>',
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: true,
        byte_fallback: true,
        vocab,
        merges,
      },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'LlamaTokenizer',
      bos_token: '<s>',
      eos_token: '</s>',
      unk_token: '<unk>',
      chat_template:
        "{% for m in messages %}{% if m.role == 'assistant' %}{{ ' ' + m.content + ' </s>' }}{% else %}{{ '<s>[INST] ' + m.content + ' [/INST]' }}{% endif %}{% endfor %}",
    },
  }
}
