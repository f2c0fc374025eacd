/**
 * Reads a piece of a file.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { storeError } from './store-error.ts'

/**
 * Bytes of a file from a place on; fewer where the file ends.
 *
 * @throws {MisstepError} `store` when it cannot be read
 * @example
 * readBytes('model.gguf', 0, 4).toString('latin1') // 'GGUF'
 */
export function readBytes(path: string, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  try {
    const file = openSync(path, 'r')
    try {
      return bytes.subarray(0, readSync(file, bytes, 0, length, from))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw storeError('Cannot read the file', path, error)
  }
}
