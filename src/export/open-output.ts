/**
 * A file that is written piece by piece and is there only when it is whole.
 * @module
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { storeError } from '../store/store-error.ts'

export interface Output {
  write(bytes: Uint8Array): void
  /** Gives the file its name. */
  finish(): void
  /** Removes what was written; the old file of that name stays. Does nothing after `finish`. */
  abandon(): void
}

/**
 * Opens `<path>.partial`; `finish` flushes it and renames it to `path`.
 *
 * @throws {MisstepError} `store` when it cannot be written
 */
export function openOutput(path: string): Output {
  const partial = `${path}.partial`
  const attempt = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw storeError('Cannot write the file', path, error)
    }
  }
  let file: number | undefined = attempt(() => {
    mkdirSync(dirname(path), { recursive: true })
    return openSync(partial, 'w')
  })
  const close = () => {
    if (file !== undefined) closeSync(file)
    file = undefined
  }
  return {
    write: bytes =>
      attempt(() => {
        for (let written = 0; written < bytes.length; ) written += writeSync(file!, bytes, written)
      }),
    finish: () =>
      attempt(() => {
        fsyncSync(file!)
        close()
        renameSync(partial, path)
      }),
    abandon() {
      if (file === undefined) return
      close()
      rmSync(partial, { force: true })
    },
  }
}
