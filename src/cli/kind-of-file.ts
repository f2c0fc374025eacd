/**
 * What a file holds, by its first line, so that the wrong one is called by its name.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { readJsonl } from '../store/jsonl.ts'
import { readBytes } from '../store/read-bytes.ts'

/** The two kinds that commands read, and how one comes by them. */
const READ = {
  trajectories: 'A run has them in trajectories/*.jsonl; `misstep import` makes them of the recordings of others.',
  tokens: 'A run has them in examples/*.jsonl; `misstep export --to trl` writes them.',
} as const
export type ReadKind = keyof typeof READ

/** By their first bytes. */
const BINARY: readonly [string, string][] = [
  ['PAR1', 'Parquet'],
  ['\x1f\x8b', 'a gzip file'],
  ['PK', 'a zip file'],
  ['GGUF', 'a GGUF model'],
]

const OTHER_TEXT = 'text without a JSON object on each line'

/**
 * What a file holds in a word: one of the two kinds, or another, such as `messages`; `undefined` where it is empty.
 *
 * @throws {MisstepError} `store` when it cannot be read; `data` when its first line is damaged
 */
export async function kindOfFile(path: string): Promise<ReadKind | (string & {}) | undefined> {
  const start = readBytes(path, 0, 4).toString('latin1')
  const binary = BINARY.find(([bytes]) => start.startsWith(bytes))
  if (binary) return binary[1]
  try {
    for await (const first of readJsonl(path, z.unknown())) return kindOfLine(first)
    return undefined
  } catch (error) {
    const isDamaged = /^\{[^\r\n]/.test(start)
    if (!isDamaged && error instanceof MisstepError && error.code === 'data') return OTHER_TEXT
    throw error
  }
}

/**
 * Refuses a file of another kind. An empty one passes.
 *
 * @param reader who reads it, such as `lint`
 * @param advice what to do; default: where files of the right kind are found
 * @throws {MisstepError} `usage` with what it holds, and where to find what is read
 */
export async function expectKind<K extends ReadKind>(
  path: string,
  wanted: readonly K[],
  reader: string,
  advice?: string,
): Promise<K | undefined> {
  const kind = await kindOfFile(path)
  if (kind === undefined || wanted.includes(kind as K)) return kind as K | undefined
  throw new MisstepError('usage', `${reader} reads ${wanted.join(' or ')}, not ${kind}`, {
    value: path,
    advice: advice ?? wanted.map(one => READ[one]).join('\n  '),
  })
}

function kindOfLine(line: unknown): string {
  if (Array.isArray(line)) return 'a JSON list'
  if (typeof line !== 'object' || line === null) return OTHER_TEXT
  if ('input_ids' in line) return 'tokens'
  if ('steps' in line && 'task' in line) return 'trajectories'
  if ('messages' in line || 'conversations' in line) return 'messages'
  return `objects of ${Object.keys(line).slice(0, 5).join(', ') || 'nothing'}`
}
