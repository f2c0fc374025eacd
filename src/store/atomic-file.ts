/**
 * Whole files that are there complete or not at all.
 * @module
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { storeError } from './store-error.ts'

/**
 * Writes a file so that whoever looks, even after a power cut, finds the old content or the new, never a part:
 * to `<path>.tmp`, flushed to the disk, then renamed. Makes missing folders.
 *
 * @throws {MisstepError} `store` when the disk is full or the folder cannot be written to; the old file stays
 * @example
 * writeFileAtomically('runs/mine/report.json', JSON.stringify(report))
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  // One fixed name: what a killed process leaves behind is overwritten by its successor, not piled up.
  const temporary = `${path}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(temporary, 'w')
    try {
      writeFileSync(file, content)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
    flushFolder(dirname(path))
  } catch (error) {
    try {
      rmSync(temporary, { force: true })
    } catch {
      // The first error says more.
    }
    throw storeError('Cannot write the file', path, error)
  }
}

/**
 * Finds out, before any work is done for it, whether a file can be written; makes missing folders.
 *
 * @throws {MisstepError} `store` when it cannot be, or a folder has its name
 */
export function checkWritable(path: string): void {
  const temporary = `${path}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw Object.assign(new Error('It is a folder'), { code: 'EISDIR' })
    }
    closeSync(openSync(temporary, 'w'))
    rmSync(temporary)
  } catch (error) {
    throw storeError('Cannot write the file', path, error)
  }
}

/** Makes a rename or a removal in a folder survive a power cut, where the system can do that. */
function flushFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r')
    try {
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  } catch {
    // Windows cannot open a folder; the rename itself is still atomic.
  }
}
