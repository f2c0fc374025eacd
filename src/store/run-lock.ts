/**
 * Sees to it that one process at a time works in a run folder.
 * @module
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { errnoOf, storeError } from './store-error.ts'

const ownerSchema = z.object({ pid: z.number(), started: z.string(), host: z.string() })
type Owner = z.infer<typeof ownerSchema>

/**
 * Takes a folder's lock, or takes over that of a process which is gone; makes the folder when missing.
 *
 * @returns a function that gives the lock back
 * @throws {MisstepError} `store` when another living process holds it
 * @example
 * const unlock = lockFolder('runs/quickstart')
 * try { await work() } finally { unlock() }
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock')
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid), host: hostname() } satisfies Owner)
  try {
    mkdirSync(folder, { recursive: true })
    for (let attempt = 0; ; attempt++) {
      try {
        writeFileSync(path, mine, { flag: 'wx' })
        return () => rmSync(path, { force: true })
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST' || attempt >= 20) throw error
      }
      const found = readLock(path)
      const owner = parseOwner(found)
      if (owner && isAlive(owner)) throw heldError(path, owner)
      // A lock without content may be one that is being written at this moment.
      if (!owner && attempt < 5) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
      else removeStale(path, found)
    }
  } catch (error) {
    throw storeError('Cannot lock the folder', folder, error)
  }
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Moves the lock away before removing it: of two processes that both find it stale, one must not remove the other's. */
function removeStale(path: string, found: string | undefined): void {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    if (readFileSync(aside, 'utf8') !== found) renameSync(aside, path)
    else rmSync(aside)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

function parseOwner(text: string | undefined): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}

function isAlive(owner: Owner): boolean {
  // Nothing can be said of a process on another machine; the error says how to decide.
  if (owner.host !== hostname()) return true
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    return errnoOf(error) === 'EPERM'
  }
  return startOf(owner.pid) === owner.started
}

/** When a process began, as far as the system tells: a number that is used again for another process is not the same. */
function startOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    // Killed, but its parent has not asked about it yet.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '')
  } catch {
    return ''
  }
}

function heldError(path: string, owner: Owner): MisstepError {
  return new MisstepError('store', `Another process works in this folder: number ${owner.pid} on ${owner.host}`, {
    value: path,
    advice: `Wait until it ends, or stop it. If you are sure that it is gone, delete the file ${path}.`,
  })
}
