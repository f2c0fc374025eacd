/**
 * Checks of Node, processor, memory and disk.
 * @module
 */
import { statfs } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import type { Check } from './check.ts'

const GIGABYTE = 1e9
/** What the quickstart needs at most. */
const MEMORY_NEEDED = 2 * GIGABYTE
const DISK_NEEDED = 0.3 * GIGABYTE

export async function checkMachine(): Promise<Check[]> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const cores = availableParallelism()
  // In a container the limit counts, not the machine.
  const limit = process.constrainedMemory()
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  const { bavail, bsize } = await statfs('.')
  const disk = bavail * bsize
  return [
    {
      name: 'Node',
      ok: major > 20 || (major === 20 && minor >= 19),
      needed: true,
      found: process.version,
      advice: 'Misstep needs Node 20.19 or newer: https://nodejs.org.',
    },
    { name: 'cores', ok: true, needed: false, found: String(cores) },
    {
      name: 'memory',
      ok: memory >= MEMORY_NEEDED,
      needed: false,
      found: gigabytes(memory),
      advice: 'The quickstart takes up to 2 GB; fewer episodesAtOnce in the recipe take less.',
    },
    {
      name: 'free disk here',
      ok: disk >= DISK_NEEDED,
      needed: false,
      found: gigabytes(disk),
      advice: 'A run of the quickstart takes up to 0.3 GB.',
    },
  ]
}

const gigabytes = (bytes: number) => `${(bytes / GIGABYTE).toFixed(1)} GB`
