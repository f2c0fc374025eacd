/**
 * Finds that a folder's tokenizer does not belong to its model.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChatFormat } from './chat-format.ts'
import type { LintFinding } from './lint-finding.ts'

/**
 * Compares a tokenizer with the `config.json` and `generation_config.json` of its folder; an empty list is a pass, also
 * where there are no such files. A model may have more rows of embeddings than the tokenizer has tokens, never fewer.
 *
 * @example
 * const findings = await lintTokenizer('students/household-base', await loadChatFormat('students/household-base'))
 */
export async function lintTokenizer(folder: string, format: ChatFormat): Promise<LintFinding[]> {
  const { tokenizer, stopId, stopToken } = format
  const findings: LintFinding[] = []
  const complain = (message: string) => {
    findings.push({ rule: 'foreign-tokenizer', id: folder, row: -1, message })
  }
  const config = await readConfig(join(folder, 'config.json'))
  const size = config.vocab_size
  if (typeof size === 'number' && size < tokenizer.vocabularySize) {
    complain(`The tokenizer has ids up to ${tokenizer.vocabularySize - 1}, the model knows ${size} tokens`)
  }
  for (const name of ['bos', 'eos', 'pad'] as const) {
    const token = tokenizer.namedTokens[`${name}_token`]
    const wanted = idsOf(config[`${name}_token_id`])
    if (token === undefined || wanted.length === 0) continue
    const id = tokenizer.specialTokens.includes(token) ? tokenizer.specialId(token) : undefined
    if (id === undefined || wanted.includes(id) || (name === 'eos' && wanted.includes(stopId))) continue
    complain(`The tokenizer's ${name} token ${token} has the id ${id}, the model's has ${wanted.join(' or ')}`)
  }
  const stops = idsOf((await readConfig(join(folder, 'generation_config.json'))).eos_token_id)
  if (stops.length > 0 && !stops.includes(stopId)) {
    const message = `answers end with ${stopToken} (${stopId}), but generation stops at ${stops.join(', ')} only`
    complain(`By the chat template, ${message}`)
  }
  return findings
}

const idsOf = (value: unknown): number[] =>
  (Array.isArray(value) ? value : [value]).filter((id): id is number => typeof id === 'number')

async function readConfig(file: string): Promise<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(await readFile(file, 'utf8'))
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
