/**
 * The rotary position embedding of single tokens.
 * @module
 */
import { type LlamaConfig, rotaryFrequencies } from '../../checkpoint/index.ts'

/** Gives cosines and sines of positions, `[positions, headSize / 2]` each. */
export type RotationTable = (positions: readonly number[]) => { cosines: Float32Array; sines: Float32Array }

/** A table for positions below the config's context length. */
export function createRotationTable(config: LlamaConfig): RotationTable {
  const frequencies = rotaryFrequencies(config)
  const half = frequencies.length
  const table = (wave: (angle: number) => number) =>
    Float32Array.from({ length: config.contextLength * half }, (_, at) =>
      wave(Math.floor(at / half) * frequencies[at % half]!),
    )
  const [cosines, sines] = [table(Math.cos), table(Math.sin)]
  const rows = (from: Float32Array, positions: readonly number[]) => {
    const result = new Float32Array(positions.length * half)
    positions.forEach((position, row) => {
      result.set(from.subarray(position * half, (position + 1) * half), row * half)
    })
    return result
  }
  return positions => ({ cosines: rows(cosines, positions), sines: rows(sines, positions) })
}
