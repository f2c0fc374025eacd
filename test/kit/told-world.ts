/**
 * An environment of a user's own, for tests of what commands tell of it.
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes a world that is told of in other words with another option: `--option words=many`. */
export function writeToldWorld(folder: string): string {
  const path = join(folder, 'world.mjs')
  writeFileSync(
    path,
    `export default ({ words = 'few' } = {}) => ({
      name: 'world', splits: ['train'], version: 'world, ' + words + ' words', prompt: 'Use ' + words + ' words.',
      stepLimit: 5, tasks: async () => [], start: async () => {}, close: async () => {},
    })`,
  )
  return path
}
