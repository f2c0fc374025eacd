/**
 * A file whose parts are read when they are wanted.
 * @module
 */
import { open } from 'node:fs/promises'
import { MisstepError } from '../core/errors.ts'

export interface RandomAccessFile {
  readonly path: string
  /** Bytes. */
  readonly length: number
  /** The bytes from `from` up to `to`, in memory of their own; fewer where the file ends. */
  read(from: number, to: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** A single read of more than this is not possible on every system. */
const MOST_AT_ONCE = 2 ** 28

/** @throws {MisstepError} `model` when the file cannot be opened */
export async function openFile(path: string): Promise<RandomAccessFile> {
  const handle = await open(path, 'r').catch(cause => {
    throw cannotRead(path, cause)
  })
  const { size } = await handle.stat()
  return {
    path,
    length: size,
    async read(from, to) {
      const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from))
      for (let at = 0; at < bytes.length; ) {
        const count = Math.min(bytes.length - at, MOST_AT_ONCE)
        const { bytesRead } = await handle.read(bytes, at, count, from + at).catch(cause => {
          throw cannotRead(path, cause)
        })
        if (bytesRead === 0) throw cannotRead(path, new Error('it became shorter while it was read'))
        at += bytesRead
      }
      return bytes
    },
    close: () => handle.close(),
  }
}

export const cannotRead = (file: string, cause: Error) =>
  new MisstepError('model', `The checkpoint's file ${file} cannot be read`, {
    cause,
    value: cause.message,
    advice: 'A checkpoint is a folder with config.json, model.safetensors, tokenizer.json and tokenizer_config.json.',
  })
