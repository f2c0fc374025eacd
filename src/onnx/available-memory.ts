/**
 * How much memory there is to work with.
 * @module
 */
import { freemem } from 'node:os'

/** Bytes that this process may still take. */
export function availableMemory(): number {
  // Newer than the oldest Node that we run on.
  const { availableMemory: ask } = process as { availableMemory?: () => number }
  return ask?.() ?? freemem()
}

/** Bytes as people say them. */
export const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`
