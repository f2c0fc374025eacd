/**
 * Text to token ids and back, for any Hugging Face tokenizer.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tokenizer as Library } from '@huggingface/tokenizers'
import { MisstepError } from '../core/errors.ts'
import { createEncoder } from './encoder.ts'

export interface Tokenizer {
  /** One more than the highest id. */
  readonly vocabularySize: number
  /** The special tokens' texts, the longest first. */
  readonly specialTokens: readonly string[]
  /** A Jinja template. */
  readonly chatTemplate: string | undefined
  /** The texts that a chat template may ask for, such as `bos_token`, or `date_string` where the folder states one. */
  readonly namedTokens: Readonly<Record<string, string>>
  /** The id of `eos_token`. */
  readonly stopId: number
  /** Ids of a text; special tokens are recognised where they stand in it, none is added. */
  encode(text: string): number[]
  /**
   * The ids of each part of a text. All of them joined are the ids of the whole text; `undefined` where a token reaches
   * across the border of a part.
   */
  encodeParts(parts: readonly string[]): number[][] | undefined
  /** The text of ids, special tokens shown. Bytes that are no UTF-8 become U+FFFD. */
  decode(ids: readonly number[]): string
  /** @throws {MisstepError} `model` when there is no such special token */
  specialId(text: string): number
}

const TOKENS = ['bos', 'eos', 'pad', 'unk', 'sep', 'cls', 'mask'].map(name => `${name}_token`)
/** `date_string` is a key of ours; transformers is given it with each call. */
const TEMPLATE_NAMES = [...TOKENS, 'date_string']

/**
 * Loads a folder's `tokenizer.json`, `tokenizer_config.json` and, where there is one, `chat_template.jinja`.
 *
 * @throws {MisstepError} `model` when a file is missing or not what it should be
 * @example
 * const tokenizer = await loadTokenizer('students/household-base')
 * tokenizer.decode(tokenizer.encode('go to drawer 12'))
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const file = await readJson(join(folder, 'tokenizer.json'))
  const config = await readJson(join(folder, 'tokenizer_config.json'))
  const ownTemplate = await readFile(join(folder, 'chat_template.jinja'), 'utf8').catch(() => undefined)
  let library: Library
  try {
    library = new Library(file, config)
  } catch (cause) {
    throw new MisstepError('model', `${join(folder, 'tokenizer.json')} is not a tokenizer`, {
      cause,
      value: (cause as Error).message,
      advice: 'Use a folder with a tokenizer.json of Hugging Face tokenizers.',
    })
  }

  const special = [...library.get_added_tokens_decoder().values()].filter(token => token.special)
  const specialIds = new Map(special.map(token => [token.content, token.id]))
  const specialTokens = [...specialIds.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
  const namedTokens = Object.fromEntries(
    TEMPLATE_NAMES.flatMap(name => {
      const token = (config[name] as { content?: unknown } | null)?.content ?? config[name]
      return typeof token === 'string' ? [[name, token]] : []
    }),
  )
  const specialId = (text: string) => {
    const id = specialIds.get(text)
    if (id !== undefined) return id
    throw new MisstepError('model', `The tokenizer in ${folder} has no such special token`, {
      value: text,
      advice: `Its special tokens are ${specialTokens.slice(0, 20).join(' ')}.`,
    })
  }
  let vocabularySize = 0
  for (const id of library.get_vocab().values()) vocabularySize = Math.max(vocabularySize, id + 1)
  return {
    vocabularySize,
    specialTokens,
    chatTemplate: ownTemplate ?? readTemplate(config.chat_template),
    namedTokens,
    stopId: specialId(namedTokens.eos_token ?? ''),
    ...createEncoder(library, file, config),
    decode(ids) {
      const unknown = ids.find(id => library.id_to_token(id) === undefined)
      if (unknown !== undefined)
        throw new MisstepError('model', `No token has this id in ${folder}`, { value: unknown })
      return ids.length === 0 ? '' : library.decode([...ids], { clean_up_tokenization_spaces: false })
    },
    specialId,
  }
}

/** Some models have several named templates; the one for conversations is called `default`. */
function readTemplate(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  const named = Array.isArray(value) ? (value as { name?: unknown; template?: unknown }[]) : []
  const template = named.find(entry => entry?.name === 'default')?.template
  return typeof template === 'string' ? template : undefined
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new MisstepError('model', `The tokenizer's file ${file} cannot be read`, {
      cause,
      value: (cause as Error).message,
      advice: 'A checkpoint is a folder with config.json, model.safetensors, tokenizer.json and tokenizer_config.json.',
    })
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>
  throw new MisstepError('model', `${file} holds no JSON object`)
}
