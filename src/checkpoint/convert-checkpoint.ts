/**
 * Brings a checkpoint from one form into another.
 * @module
 */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import { checkTarget } from './check-target.ts'
import { openGgufCheckpoint } from './gguf/open-gguf-checkpoint.ts'
import { readGgufTokenizer } from './gguf/read-tokenizer.ts'
import { type GgufType, writeGguf } from './gguf/write-gguf.ts'
import { writeOnnx } from './onnx/write-onnx.ts'
import { openCheckpoint } from './open-checkpoint.ts'
import { saveCheckpoint } from './save-checkpoint.ts'

export interface ConvertOptions {
  /** A GGUF file, or a Hugging Face folder. */
  from: string
  /** A folder; or a file whose name ends in `.gguf` or `.onnx`. */
  to: string
  /** Of the matrices in a GGUF file; default `f32`. */
  type?: GgufType
  /** Whether something else that is in the place of `to` may go. @default false */
  force?: boolean
}

/**
 * Writes a checkpoint as a Hugging Face folder in float32 with its tokenizer, as a GGUF file or as an ONNX file. What
 * becomes another file from GGUF is a folder in between, beside the system's other temporary files.
 *
 * @throws {MisstepError} `model` when the checkpoint cannot be read; `usage` where nothing would be converted, or something else be lost; `store` when writing fails
 * @example
 * await convertCheckpoint({ from: 'SmolLM2-135M-Instruct.Q4_1.gguf', to: 'students/smollm2' })
 */
export async function convertCheckpoint({ from, to, type, force = false }: ConvertOptions): Promise<void> {
  await checkTarget(to, { from, force })
  const isFile = (await stat(from).catch(() => undefined))?.isFile() ?? false
  if (isFile && from.endsWith('.onnx')) {
    throw new MisstepError('usage', 'ONNX is written, not read', {
      value: from,
      advice: 'Convert the folder or the GGUF file that it was made from.',
    })
  }
  if (type && !to.endsWith('.gguf')) {
    throw new MisstepError('usage', 'What is no GGUF file is written in float32', { value: type })
  }
  if (/\.(gguf|onnx)$/.test(to)) {
    const write = (folder: string) => (to.endsWith('.gguf') ? writeGguf(folder, to, type) : writeOnnx(folder, to))
    if (!isFile) return write(from)
    return inTemporaryFolder(async folder => {
      // The name of the folder goes into the new file.
      const between = join(folder, basename(from, '.gguf'))
      await fromGguf(from, between)
      await write(between)
    })
  }
  if (isFile) return fromGguf(from, to, force)
  const checkpoint = await openCheckpoint(from)
  try {
    await saveCheckpoint(to, { config: checkpoint.config, tensors: checkpoint, tokenizerFrom: from, force })
  } finally {
    await checkpoint.close()
  }
}

async function fromGguf(from: string, to: string, force = false): Promise<void> {
  const checkpoint = await openGgufCheckpoint(from)
  try {
    const tokens = checkpoint.metadata.get('tokenizer.ggml.tokens')
    const { vocabularySize } = checkpoint.config
    if (Array.isArray(tokens) && tokens.length > vocabularySize) {
      throw new MisstepError('model', `The tokenizer in ${from} has more tokens than the model`, {
        value: { tokenizer: tokens.length, model: vocabularySize },
        advice: 'Fetch the file again, or take another one.',
      })
    }
    await inTemporaryFolder(async tokenizer => {
      for (const [name, contents] of Object.entries(readGgufTokenizer(checkpoint.metadata, from))) {
        await writeFile(join(tokenizer, name), JSON.stringify(contents, null, 1))
      }
      await saveCheckpoint(to, { config: checkpoint.config, tensors: checkpoint, tokenizerFrom: tokenizer, force })
    })
  } finally {
    await checkpoint.close()
  }
}

async function inTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'misstep-convert-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
