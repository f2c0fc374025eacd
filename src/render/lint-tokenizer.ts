/**
 * Finds that a folder's tokenizer does not belong to its model.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { hashFile } from '../store/hash.ts'
import type { Manifest } from '../store/manifest.ts'
import type { ChatFormat } from './chat-format.ts'
import type { LintFinding } from './lint-finding.ts'

/**
 * Compares a tokenizer with the `config.json` and `generation_config.json` of its folder, and with the vocabulary that the
 * checkpoint was made with: its `vocab.json`, or what the manifest of its run says of its `tokenizer.json`. An empty list is a
 * pass, also where there are no such files. A model may have more rows of embeddings than the tokenizer has tokens, never fewer.
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
  for (const message of [await strangeToken(folder), await strangeFile(folder)]) if (message) complain(message)
  return findings
}

/** The first token of `vocab.json` that has another id in `tokenizer.json`. */
async function strangeToken(folder: string): Promise<string | undefined> {
  const { model, added_tokens: added } = await readConfig(join(folder, 'tokenizer.json'))
  const vocabulary = (model as { vocab?: unknown } | undefined)?.vocab
  // Of a Unigram model it is a list, which no `vocab.json` goes with.
  if (typeof vocabulary !== 'object' || vocabulary === null || Array.isArray(vocabulary)) return undefined
  const ids = new Map(Object.entries(vocabulary))
  if (Array.isArray(added)) for (const { content, id } of added) ids.set(content, id)
  for (const [token, id] of Object.entries(await readConfig(join(folder, 'vocab.json')))) {
    if (ids.get(token) === id) continue
    return `In vocab.json, ${JSON.stringify(token)} has the id ${id}, in tokenizer.json ${ids.get(token) ?? 'none'}`
  }
  return undefined
}

/** A checkpoint of a run lies in `<run>/checkpoints/<arm>`. */
async function strangeFile(folder: string): Promise<string | undefined> {
  const file = resolve(folder, 'tokenizer.json')
  const run = resolve(folder, '..', '..')
  const { stages } = (await readConfig(join(run, 'manifest.json'))) as Partial<Manifest>
  const name = relative(run, file).split(sep).join('/')
  const recorded = Object.values(stages ?? {}).find(stage => stage?.outputs?.[name])?.outputs[name]
  if (!recorded || recorded.sha256 === (await hashFile(file))) return undefined
  return `tokenizer.json is not the one that the checkpoint was made with, as ${join(run, 'manifest.json')} has it`
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
