/**
 * sha256 of texts, values, files and folders, in hex.
 * @module
 */
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { storeError } from './store-error.ts'

export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Equal for equal values whatever the order of their keys; `undefined` counts as absent. */
export function hashValue(value: unknown): string {
  return hashText(sortedJson(value))
}

/** @throws {MisstepError} `store` when the file cannot be read */
export async function hashFile(path: string): Promise<string> {
  const digest = createHash('sha256')
  try {
    await pipeline(createReadStream(path), digest)
  } catch (error) {
    throw storeError('Cannot read the file', path, error)
  }
  return digest.digest('hex')
}

/** The hash of all files in a folder and below, with their names; hidden files are left out. */
export async function hashFolder(folder: string): Promise<string> {
  const lines: string[] = []
  for (const file of listFiles(folder)) lines.push(`${await hashFile(join(folder, file))}  ${file}\n`)
  return hashText(lines.join(''))
}

/** The files in a folder and below, relative to it, with `/`, sorted; hidden ones are left out. */
export function listFiles(folder: string): string[] {
  const found: string[] = []
  const walk = (below: string) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      const path = below ? `${below}/${entry.name}` : entry.name
      if (entry.isDirectory()) walk(path)
      else found.push(path)
    }
  }
  try {
    walk('')
  } catch (error) {
    throw storeError('Cannot read the folder', folder, error)
  }
  return found.sort()
}

function sortedJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
        : inner,
    ) ?? 'undefined'
  )
}
