/**
 * Writes a tokenizer as the files that Hugging Face libraries read.
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TokenizerFile } from '../checkpoint/tokenizer-file.ts'
import { MisstepError } from '../core/errors.ts'
import { STUDENT_CHAT } from './student-chat.ts'

export interface WriteTokenizerOptions {
  /** A Jinja template; default: that of `STUDENT_CHAT`. */
  chatTemplate?: string
  /** The token that ends an answer; default `<|end|>`. */
  stopToken?: string
  /** Default `<|pad|>`. */
  padToken?: string
  /** Most tokens that the model reads; default: no limit is written. */
  contextLength?: number
}

/**
 * Writes `tokenizer.json`, `tokenizer_config.json` and `special_tokens_map.json`.
 *
 * @throws {MisstepError} `usage` when the stop or padding token is none of the file's; `store` when writing fails
 * @example
 * await writeTokenizer('students/mine', trainTokenizer(texts, { vocabularySize: 2048, specialTokens: STUDENT_CHAT.specialTokens }))
 */
export async function writeTokenizer(
  folder: string,
  file: TokenizerFile,
  options: WriteTokenizerOptions = {},
): Promise<void> {
  const { chatTemplate, stopToken, padToken, contextLength } = { ...STUDENT_CHAT, ...options }
  const special = file.added_tokens.map(token => token.content)
  for (const token of [stopToken, padToken]) {
    if (special.includes(token)) continue
    throw new MisstepError('usage', 'The tokenizer has no such special token', {
      value: token,
      advice: `Its special tokens are ${special.join(' ')}.`,
    })
  }
  const map = {
    eos_token: stopToken,
    pad_token: padToken,
    additional_special_tokens: special.filter(token => token !== stopToken && token !== padToken),
  }
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...map,
    clean_up_tokenization_spaces: false,
    ...(contextLength !== undefined && { model_max_length: contextLength }),
    chat_template: chatTemplate,
  }
  try {
    await mkdir(folder, { recursive: true })
    for (const [name, contents] of Object.entries({
      'tokenizer.json': file,
      'tokenizer_config.json': config,
      'special_tokens_map.json': map,
    })) {
      await writeFile(join(folder, name), `${JSON.stringify(contents, null, 2)}\n`)
    }
  } catch (cause) {
    throw new MisstepError('store', `The tokenizer could not be written to ${folder}`, {
      cause,
      value: (cause as Error).message,
      advice: 'Choose a folder that can be written to.',
    })
  }
}
