/**
 * Keeps a checkpoint from being written over something that is none.
 * @module
 */
import { open, readdir, realpath, stat } from 'node:fs/promises'
import { extname, sep } from 'node:path'
import { MisstepError } from '../core/errors.ts'

/** How files begin: GGUF's letters, and the first field of ONNX's protocol buffer, the version of its form. */
const BEGINNINGS: Readonly<Record<string, Buffer>> = { '.gguf': Buffer.from('GGUF'), '.onnx': Buffer.of(8) }

/**
 * Checks that a folder, or a file whose name ends in `.gguf` or `.onnx`, may be written: there is nothing, something
 * empty, or an older one of the same kind.
 *
 * @param from what is converted, which must outlast its conversion
 * @param force whether anything that is there may go
 * @throws {MisstepError} `usage` where something else would be lost
 * @example
 * await checkTarget('students/new', { from: 'SmolLM2-135M-Instruct.Q4_1.gguf' })
 */
export async function checkTarget(to: string, options: { from?: string; force?: boolean } = {}): Promise<void> {
  const { from, force = false } = options
  const target = await realpath(to).catch(() => undefined)
  if (target === undefined) return
  const source = from === undefined ? undefined : await realpath(from).catch(() => undefined)
  if (source === target || source?.startsWith(target.replace(/[/\\]?$/, sep))) {
    throw new MisstepError('usage', 'What is converted would be written over', {
      value: to,
      advice: 'Name another place with --to.',
    })
  }
  const beginning = BEGINNINGS[extname(to)]
  const isFolder = (await stat(target)).isDirectory()
  if (beginning && isFolder) {
    throw new MisstepError('usage', 'There is a folder where a file is to be written', {
      value: to,
      advice: 'Name a file that is not there yet.',
    })
  }
  if (force || (beginning ? await beginsWith(target, beginning) : isFolder && (await isReplaceable(target)))) return
  throw new MisstepError('usage', 'There is something else in this place, which would be lost', {
    value: to,
    advice: 'Name another place, or move away what is there; misstep convert --force writes over it.',
  })
}

async function beginsWith(file: string, beginning: Buffer): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(beginning.length), 0, beginning.length, 0)
    return bytesRead === 0 || buffer.equals(beginning)
  } finally {
    await handle.close()
  }
}

/** Whether a folder is empty, or a checkpoint. */
async function isReplaceable(folder: string): Promise<boolean> {
  const names = await readdir(folder)
  return names.length === 0 || (names.includes('config.json') && names.some(name => name.endsWith('.safetensors')))
}
