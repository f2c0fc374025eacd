/**
 * Writes a checkpoint folder, all or nothing.
 * @module
 */
import { createHash } from 'node:crypto'
import { copyFile, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import { checkTarget } from './check-target.ts'
import { checkTensors } from './check-tensors.ts'
import { checkConfig, type LlamaConfig, tensorShapes } from './config.ts'
import { formatConfig } from './config-file.ts'
import type { OpenCheckpoint } from './open-checkpoint.ts'
import { bytesOf, encodeHeader, type Tensor } from './safetensors.ts'

/** Gives one tensor at a time. */
export type TensorReader = Pick<OpenCheckpoint, 'read'>

export interface SaveCheckpointOptions {
  config: LlamaConfig
  /** All at once, or read one at a time. */
  tensors: ReadonlyMap<string, Tensor> | TensorReader
  /** A folder whose tokenizer files go along. */
  tokenizerFrom?: string
  /** A model card, written to README.md. */
  card?: string
  /** Whether a folder that is no checkpoint, or a file, is replaced as well. @default false */
  force?: boolean
}

const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'chat_template.jinja']

/**
 * Writes a Hugging Face folder that transformers loads as it is. The files go into `<folder>.partial`, which is renamed
 * when it is complete: a folder that exists is whole. A checkpoint that was there before is replaced.
 *
 * @returns the sha256 of `model.safetensors`; the same weights always give the same
 * @throws {MisstepError} `usage` when there is something else; `model` when the tensors do not fit the config or are not
 * finite; `store` when writing fails
 * @example
 * await saveCheckpoint('runs/mine/checkpoints/base', { config, tensors, tokenizerFrom: 'students/household-base' })
 */
export async function saveCheckpoint(folder: string, options: SaveCheckpointOptions): Promise<{ sha256: string }> {
  const { config, tensors, tokenizerFrom, card, force = false } = options
  checkConfig(config, folder)
  if (!('read' in tensors)) checkTensors(config, tensors, folder)
  const target = resolve(folder)
  const partial = `${target}.partial`
  try {
    await checkTarget(folder, { force })
    await rm(partial, { recursive: true, force: true })
    await mkdir(partial, { recursive: true })
    const tokens = tokenizerFrom === undefined ? {} : await copyTokenizer(tokenizerFrom, partial)
    await writeDurably(join(partial, 'config.json'), json(formatConfig(config, tokens)))
    const generation = { do_sample: false, eos_token_id: tokens.stopId ?? null, pad_token_id: tokens.padId ?? null }
    await writeDurably(join(partial, 'generation_config.json'), json(generation))
    if (card !== undefined) await writeDurably(join(partial, 'README.md'), card)
    const sha256 = await writeWeights(join(partial, 'model.safetensors'), options)
    await moveIntoPlace(partial, target)
    return { sha256 }
  } catch (cause) {
    if (cause instanceof MisstepError) throw cause
    throw new MisstepError('store', `The checkpoint could not be written to ${folder}`, {
      cause,
      value: (cause as Error).message,
      advice: 'Make room on the disk or choose a folder that can be written to, then run the same command again.',
    })
  }
}

/** Writes one tensor after the other, so that no second copy of the weights is in memory; returns the file's sha256. */
async function writeWeights(path: string, { config, tensors }: SaveCheckpointOptions): Promise<string> {
  const { bytes, names } = encodeHeader(tensorShapes(config))
  const digest = createHash('sha256')
  const handle = await open(path, 'w')
  const write = async (part: Uint8Array) => {
    digest.update(part)
    await handle.writeFile(part)
  }
  try {
    await write(bytes)
    for (const name of names) {
      const { data } = 'read' in tensors ? await tensors.read(name) : tensors.get(name)!
      await write(bytesOf(data))
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return digest.digest('hex')
}

/** Copies the tokenizer's files; returns the ids of its stop and padding tokens. */
async function copyTokenizer(from: string, to: string): Promise<{ stopId?: number; padId?: number }> {
  for (const name of TOKENIZER_FILES) {
    await copyFile(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || name === 'tokenizer.json') throw error
    })
  }
  const read = async (name: string) => JSON.parse(await readFile(join(to, name), 'utf8').catch(() => '{}'))
  const { added_tokens: added = [] } = (await read('tokenizer.json')) as { added_tokens?: AddedToken[] }
  const config = (await read('tokenizer_config.json')) as Record<string, unknown>
  const idOf = (key: string) => {
    const token = config[key] as string | { content: string } | undefined
    return added.find(({ content }) => content === (typeof token === 'object' ? token?.content : token))?.id
  }
  const [stopId, padId] = [idOf('eos_token'), idOf('pad_token')]
  return { ...(stopId !== undefined && { stopId }), ...(padId !== undefined && { padId }) }
}

interface AddedToken {
  id: number
  content: string
}

async function moveIntoPlace(partial: string, target: string): Promise<void> {
  const old = `${target}.replaced`
  await rm(old, { recursive: true, force: true })
  await rename(target, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(partial, target)
  await rm(old, { recursive: true, force: true })
  await syncFolder(dirname(target))
}

async function writeDurably(file: string, contents: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'w')
  try {
    await handle.writeFile(contents)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the rename itself last through a power cut, where the system lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`
