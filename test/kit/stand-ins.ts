/**
 * Small tokenizers that cut text as those of known model families do, with the families' own chat templates.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Message } from '../../src/core/agent.ts'
import { type ChatFormat, loadChatFormat } from '../../src/render/index.ts'

type Json = Record<string, unknown>
interface Family extends Json {
  template: string
  vocabulary: string
  added: (string | { content: string })[]
  bos?: string
  eos: string
  merges?: [string, string][]
  model: Json
}

const folder = fileURLToPath(new URL('../fixtures/templates/', import.meta.url))
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const lines = <T>(name: string): T[] =>
  existsSync(join(folder, name))
    ? read(name)
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
    : []

const families: Record<string, Family> = JSON.parse(read('families.json'))
const vocabularies = lines<{ name: string; tokens: string[]; merges: [string, string][] }>('vocabularies.jsonl')

export const FAMILIES = Object.keys(families)
export const conversations = lines<Message[]>('conversations.jsonl')
/** By family: ids of the first conversations, each without and with what introduces the next answer, then hashes. */
export const goldens = lines<{ name: string; ids: (number[] | null)[]; hashes: string[] }>('goldens.jsonl')
/** Of families whose templates take a date. */
export const datedGoldens = lines<{ name: string; date: string; ids: number[][] }>('dated.jsonl')
export const realGoldens = lines<{ name: string; hashes: string[] }>('real.jsonl')
export const templateOf = (family: string): string => read(`${families[family]!.template}.jinja`)

/**
 * The format of a family with its stand-in tokenizer, or with a `tokenizer.json` of its own.
 *
 * @param more of its `tokenizer_config.json`
 */
export async function createFamilyFormat(family: string, tokenizerFile?: string, more: Json = {}): Promise<ChatFormat> {
  const { bos, eos } = families[family]!
  const place = await mkdtemp(join(tmpdir(), 'misstep-family-'))
  const file = tokenizerFile ? readFileSync(tokenizerFile, 'utf8') : JSON.stringify(buildTokenizer(family))
  const config = { ...(bos && { bos_token: bos }), eos_token: eos, chat_template: templateOf(family), ...more }
  try {
    await writeFile(join(place, 'tokenizer.json'), file)
    await writeFile(join(place, 'tokenizer_config.json'), JSON.stringify(config))
    return await loadChatFormat(place)
  } finally {
    await rm(place, { recursive: true })
  }
}

/** The `tokenizer.json` of a stand-in; scripts/render-goldens.py makes the same. */
export function buildTokenizer(family: string): Json {
  const { added, vocabulary: name, merges: more = [], model, normalizer, pre_tokenizer, decoder } = families[family]!
  const vocabulary = vocabularies.find(each => each.name === name)!
  const special = added.map(token => (typeof token === 'string' ? { content: token } : token))
  const tokens = new Set([
    ...special.map(({ content }) => content),
    ...vocabulary.tokens,
    ...more.map(pair => pair.join('')),
  ])
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
  const isWords = name === 'words'
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((token, id) => ({ id, ...flags, ...token })),
    normalizer,
    pre_tokenizer,
    post_processor: null,
    decoder,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: isWords ? '<unk>' : null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: isWords,
      byte_fallback: isWords,
      ignore_merges: false,
      ...model,
      vocab: Object.fromEntries([...tokens].map((token, id) => [token, id])),
      merges: [...vocabulary.merges, ...more],
    },
  }
}
